//! What a request is told when it does not go through: one sentence as
//! `{"error": "…"}` with a fitting status.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use crate::store::LogError;

/// A refusal of a request.
#[derive(Debug, thiserror::Error)]
#[error("{says}")]
pub struct Problem {
    status: StatusCode,
    says: String,
}

/// The body of a refusal.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProblemBody {
    /// What happened, and what to do.
    pub error: String,
}

impl Problem {
    /// A refusal with a status that has no name of its own here.
    #[must_use]
    pub fn of(status: StatusCode, says: String) -> Self {
        Self { status, says }
    }

    /// 400: what was asked can't be understood.
    #[must_use]
    pub fn invalid(says: String) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            says,
        }
    }

    /// 401: who asks is not known.
    #[must_use]
    pub fn unauthorised(says: String) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            says,
        }
    }

    /// 403: who asks may not.
    #[must_use]
    pub fn forbidden(says: String) -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            says,
        }
    }

    /// 404: what is asked for is not here.
    #[must_use]
    pub fn not_found(says: String) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            says,
        }
    }

    /// 429: too many failures.
    #[must_use]
    pub fn throttled(says: String) -> Self {
        Self {
            status: StatusCode::TOO_MANY_REQUESTS,
            says,
        }
    }

    /// 503: not now.
    #[must_use]
    pub fn unavailable(says: String) -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            says,
        }
    }
}

impl From<LogError> for Problem {
    fn from(error: LogError) -> Self {
        Self::unavailable(error.to_string())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status, Json(ProblemBody { error: self.says })).into_response()
    }
}
