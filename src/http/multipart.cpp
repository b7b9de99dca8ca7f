#include "http/multipart.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace offhook::http {
namespace {

constexpr std::string_view kEndOfLine = "\r\n";
constexpr std::string_view kEndOfHeader = "\r\n\r\n";
/// Blanks that may stand between a boundary and the end of its line.
constexpr std::size_t kMostPadding = 128;

std::unexpected<Error> wrong(std::string_view what) {
  return fail(ErrorKind::invalid_argument, "Invalid request: " + std::string(what));
}

}  // namespace

Result<MultipartParser> MultipartParser::create(std::string_view content_type, MultipartSink& sink,
                                                MultipartLimits limits) {
  auto boundary = boundary_of(content_type);
  if (!boundary) return fail(boundary);
  return MultipartParser("\r\n--" + *boundary, sink, limits);
}

Result<void> MultipartParser::feed(std::string_view bytes) {
  while (!failure_ && !bytes.empty()) {
    if (auto done = step(bytes); !done) {
      failure_ = std::move(done.error());
      state_ = State::failed;
    }
  }
  if (failure_) return fail(*failure_);
  return {};
}

Result<void> MultipartParser::finish() {
  if (failure_) return fail(*failure_);
  // A body of the last boundary alone may lack the end of its line, and everything after it is nobody's.
  if (state_ == State::epilogue) return {};
  state_ = State::failed;
  failure_ = wrong("the form ends before its last boundary").error();
  return fail(*failure_);
}

Result<void> MultipartParser::step(std::string_view& bytes) {
  switch (state_) {
    case State::preamble:
    case State::body: return read_body(bytes);
    case State::after_boundary: return read_boundary_end(bytes);
    case State::header: return read_header(bytes);
    case State::epilogue:
    case State::failed: bytes = {}; return {};
  }
  return {};
}

/// Hands on what is no delimiter. CR stands at the delimiter's beginning only, so that what began like one and is none
/// holds no other beginning, and the last CR of a piece decides what has to be waited for.
Result<void> MultipartParser::read_body(std::string_view& bytes) {
  if (matched_ > 0) {
    const std::string_view wanted = std::string_view(delimiter_).substr(matched_);
    const std::size_t size = std::min(wanted.size(), bytes.size());
    if (bytes.substr(0, size) != wanted.substr(0, size)) {
      const auto seen = std::string_view(delimiter_).substr(0, std::exchange(matched_, 0));
      return give(seen.substr(std::exchange(borrowed_, 0)));
    }
    matched_ += size;
    bytes.remove_prefix(size);
    return matched_ == delimiter_.size() ? end_body() : Result<void>{};
  }
  const std::size_t found = bytes.find(delimiter_);
  if (found != std::string_view::npos) {
    const std::string_view piece = bytes.substr(0, found);
    bytes.remove_prefix(found + delimiter_.size());
    if (auto given = give(piece); !given) return given;
    return end_body();
  }
  const std::size_t last = bytes.rfind('\r');
  const bool may_begin = last != std::string_view::npos && delimiter_.starts_with(bytes.substr(last));
  const std::string_view piece = may_begin ? bytes.substr(0, last) : bytes;
  matched_ = bytes.size() - piece.size();
  bytes = {};
  return give(piece);
}

Result<void> MultipartParser::give(std::string_view piece) {
  if (state_ == State::preamble || piece.empty()) return {};
  part_bytes_ += piece.size();
  if (part_bytes_ > limits_.part_bytes)
    return fail(ErrorKind::too_large, fmt::format("A part of the form is larger than {} bytes", limits_.part_bytes));
  return sink_->part_data(piece);
}

Result<void> MultipartParser::end_body() {
  const bool ends_part = std::exchange(state_, State::after_boundary) == State::body;
  matched_ = borrowed_ = 0;
  held_.clear();
  return ends_part ? sink_->end_part() : Result<void>{};
}

/// "--" after the last boundary, else blanks and the end of the line.
Result<void> MultipartParser::read_boundary_end(std::string_view& bytes) {
  held_.push_back(bytes.front());
  bytes.remove_prefix(1);
  if (held_ == "--") {
    state_ = State::epilogue;
    return {};
  }
  if (held_ == "-") return {};
  const std::size_t blanks = std::min(held_.find_first_not_of(" \t"), held_.size());
  const std::string_view rest = std::string_view(held_).substr(blanks);
  if (rest.empty() ? blanks > kMostPadding : !kEndOfLine.starts_with(rest))
    return wrong("a boundary of the form is followed by something else");
  if (rest != kEndOfLine) return {};
  if (++parts_ > limits_.parts)
    return fail(ErrorKind::too_large, fmt::format("A form of more than {} parts", limits_.parts));
  state_ = State::header;
  held_ = kEndOfLine;  // so that a part without header lines ends with an empty line as well
  return {};
}

Result<void> MultipartParser::read_header(std::string_view& bytes) {
  const std::size_t before = held_.size();
  const std::size_t room = limits_.header_bytes + kEndOfHeader.size() + 1;
  held_.append(bytes.substr(0, room - std::min(room, before)));
  const std::size_t searched_from = before < kEndOfHeader.size() ? 0 : before - (kEndOfHeader.size() - 1);
  const std::size_t end = held_.find(kEndOfHeader, searched_from);
  const std::size_t size = end == std::string::npos ? held_.size() : end + kEndOfHeader.size();
  if (size > limits_.header_bytes + kEndOfHeader.size()) {
    return fail(ErrorKind::too_large,
                fmt::format("The header of a part of the form is larger than {} bytes", limits_.header_bytes));
  }
  if (end == std::string::npos) {
    bytes = {};
    return {};
  }
  bytes.remove_prefix(size - before);
  const std::string_view lines =
      end < kEndOfLine.size() ? std::string_view() : std::string_view(held_).substr(2, end - kEndOfLine.size());
  auto head = parse_part_head(lines);
  if (!head) return fail(head);
  state_ = State::body;
  part_bytes_ = 0;
  // A part without a body has its delimiter's line end in the empty line after the header.
  matched_ = borrowed_ = kEndOfLine.size();
  held_.clear();
  return sink_->begin_part(*head);
}

}  // namespace offhook::http
