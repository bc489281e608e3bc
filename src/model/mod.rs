//! What the business is: items, triage, commands, events, the decision, the fold, queues and the filter language.
