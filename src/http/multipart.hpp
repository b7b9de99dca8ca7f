#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/part_head.hpp"

namespace offhook::http {

/// Hears the parts of a form one after the other: begin, data any number of times, end. An error of its own ends the
/// parsing and comes out of feed().
class MultipartSink {
 public:
  virtual ~MultipartSink() = default;
  virtual Result<void> begin_part(const PartHead& head) = 0;
  /// A piece of the part's body, never empty; a view that lives until this returns.
  virtual Result<void> part_data(std::string_view piece) = 0;
  virtual Result<void> end_part() = 0;
};

struct MultipartLimits {
  std::size_t parts = 100;
  std::size_t header_bytes = 8 * 1024;  ///< of one part, all lines together
  std::uint64_t part_bytes = 100 * 1024 * 1024;
};

/// Reads a multipart/form-data body as it comes, in pieces of any size, and hands on the bodies of its parts at once:
/// it holds one part's header and nothing else, however large the upload. How the body is cut makes no difference to
/// the parts. Once it has failed it stays so. Pure; one thread at a time.
/// Source: RFC 7578; RFC 2046, section 5.1.1.
class MultipartParser {
 public:
  /// `content_type`: the request's, with its boundary. `sink` must outlive the parser. Errors: unsupported_media (not
  /// multipart/form-data), invalid_argument (no boundary, or a wrong one).
  [[nodiscard]] static Result<MultipartParser> create(std::string_view content_type, MultipartSink& sink,
                                                      MultipartLimits limits = {});

  /// Errors: invalid_argument (not such a body), too_large, and the sink's.
  Result<void> feed(std::string_view bytes);
  /// The body has ended. Errors: invalid_argument (before its last boundary).
  Result<void> finish();

 private:
  enum class State : std::uint8_t { preamble, after_boundary, header, body, epilogue, failed };

  MultipartParser(std::string delimiter, MultipartSink& sink, MultipartLimits limits)
      : delimiter_(std::move(delimiter)), sink_(&sink), limits_(limits) {}

  Result<void> step(std::string_view& bytes);
  Result<void> read_body(std::string_view& bytes);
  Result<void> read_boundary_end(std::string_view& bytes);
  Result<void> read_header(std::string_view& bytes);
  Result<void> give(std::string_view piece);
  Result<void> end_body();

  std::string delimiter_;  // CR LF "--" boundary: CR stands at its beginning only
  MultipartSink* sink_;
  MultipartLimits limits_;
  State state_ = State::preamble;
  std::size_t matched_ = 2;   // of the delimiter, by the last bytes; a body begins as if after a line
  std::size_t borrowed_ = 2;  // of these, what is not the body's
  std::string held_;          // the rest of the boundary's line, or the part's header
  std::size_t parts_ = 0;
  std::uint64_t part_bytes_ = 0;
  std::optional<Error> failure_;
};

}  // namespace offhook::http
