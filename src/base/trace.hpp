#pragma once

#include <string>

namespace offhook {

/// What ties log lines together: a request, and the platform's call it belongs to. Either may be empty.
struct Trace {
  std::string request_id;  ///< X-Request-Id of the answer
  std::string call_id;     ///< the platform's id, as it came
};

}  // namespace offhook
