//! The decision: a command or a delivery against the board, to facts or to a
//! refusal that is a sentence.
//!
//! Pure. Owns no state and writes nothing: the desk appends what it returns and
//! only then folds it into the board.
