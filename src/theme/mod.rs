//! Roles and the styles that themes give them.
