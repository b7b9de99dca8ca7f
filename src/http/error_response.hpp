#pragma once

#include "base/error.hpp"
#include "http/message.hpp"

namespace offhook::http {

/// The shapes in which an error leaves: OpenAI's (nearly everywhere), that of /api/v1, and Vapi's own
/// (NestJS style) under /exchange.
enum class ErrorStyle { openai, crm, vapi };

/// The one place where a kind becomes a status. Source of the pairs: the API contract.
[[nodiscard]] int status_of(ErrorKind kind);
/// "invalid_request_error", "not_found_error", … as clients of the OpenAI shape expect.
[[nodiscard]] std::string_view type_of(ErrorKind kind);

/// The error as an answer. Only Error::message() leaves; Error::log never does. With `status` the
/// status differs from the kind's (e.g. 431).
[[nodiscard]] Response error_response(const Error& error, ErrorStyle style, int status = 0);

/// The same error object as a text, for places that are already streaming.
[[nodiscard]] std::string error_json(const Error& error, ErrorStyle style, int status = 0);

}  // namespace offhook::http
