#include "base/error.hpp"

namespace offhook {
namespace {

struct KindRow {
  std::string_view name;
  std::string_view sentence;
  bool retryable;
};

constexpr KindRow row(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid_argument: return {"invalid_argument", "The request is not valid.", false};
    case ErrorKind::unauthorized: return {"unauthorized", "Authentication is required.", false};
    case ErrorKind::forbidden: return {"forbidden", "This is not allowed.", false};
    case ErrorKind::not_found: return {"not_found", "There is no such thing here.", false};
    case ErrorKind::method_not_allowed: return {"method_not_allowed", "This method is not allowed here.", false};
    case ErrorKind::conflict: return {"conflict", "This clashes with what is already stored.", false};
    case ErrorKind::too_large: return {"too_large", "The request is too large.", false};
    case ErrorKind::unsupported_media: return {"unsupported_media", "This content type is not supported.", false};
    case ErrorKind::rate_limited: return {"rate_limited", "Too many requests; try again later.", true};
    case ErrorKind::cancelled: return {"cancelled", "The request was cancelled.", false};
    case ErrorKind::timeout: return {"timeout", "This took too long.", true};
    case ErrorKind::unavailable: return {"unavailable", "The service is not available right now.", true};
    case ErrorKind::bad_gateway: return {"bad_gateway", "An upstream service gave an unusable answer.", true};
    case ErrorKind::internal: break;
  }
  return {"internal", "Something went wrong on our side.", false};
}

}  // namespace

std::string_view to_string(ErrorKind kind) { return row(kind).name; }

bool is_retryable(ErrorKind kind) { return row(kind).retryable; }

std::string_view Error::message() const { return client.empty() ? row(kind).sentence : std::string_view{client}; }

}  // namespace offhook
