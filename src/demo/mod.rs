//! An evening in a city, played through the hub's real doors.
