#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "http/multipart.hpp"

using namespace offhook;

namespace {

constexpr http::MultipartLimits kLimits{.parts = 8, .header_bytes = 512, .part_bytes = 4096};

struct Part {
  http::PartHead head;
  std::string body;
  bool operator==(const Part&) const = default;
};

struct Keeper final : http::MultipartSink {
  Result<void> begin_part(const http::PartHead& head) override {
    if (is_open || parts.size() >= kLimits.parts) std::abort();
    is_open = true;
    open = {.head = head};
    return {};
  }
  Result<void> part_data(std::string_view piece) override {
    open.body.append(piece);
    if (!is_open || piece.empty() || open.body.size() > kLimits.part_bytes) std::abort();
    return {};
  }
  Result<void> end_part() override {
    if (!is_open) std::abort();
    is_open = false;
    parts.push_back(open);
    return {};
  }
  std::vector<Part> parts;  // whole ones
  Part open;
  bool is_open = false;
};

struct Outcome {
  std::vector<Part> parts;
  int error = -1;
  bool operator==(const Outcome&) const = default;
};

Outcome read(std::string_view bytes, std::size_t piece) {
  Keeper keeper;
  auto parser = http::MultipartParser::create("multipart/form-data; boundary=cut", keeper, kLimits);
  if (!parser) std::abort();
  Result<void> fed;
  for (std::size_t at = 0; fed && at < bytes.size(); at += piece) fed = parser->feed(bytes.substr(at, piece));
  if (fed) fed = parser->finish();
  return {.parts = std::move(keeper.parts), .error = fed ? -1 : static_cast<int>(fed.error().kind)};
}

/// The parts as bodies only, under a plain name: what was read reads the same again.
std::string write(const std::vector<Part>& parts) {
  std::string text;
  for (const auto& part : parts) text += "--cut\r\nContent-Disposition: form-data; name=a\r\n\r\n" + part.body + "\r\n";
  return text + "--cut--";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  const Outcome whole = read(bytes, bytes.size() + 1);
  if (whole != read(bytes, 1 + data[0] % 32)) std::abort();
  const Outcome again = read(write(whole.parts), 7);
  if (again.error != -1 || again.parts.size() != whole.parts.size()) std::abort();
  for (std::size_t i = 0; i < whole.parts.size(); ++i) {
    if (again.parts[i].body != whole.parts[i].body) std::abort();
  }
  return 0;
}
