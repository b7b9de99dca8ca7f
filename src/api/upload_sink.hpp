#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "crypto/hash.hpp"
#include "http/body_sink.hpp"
#include "http/message.hpp"
#include "http/multipart.hpp"
#include "knowledge/document_desk.hpp"

namespace offhook::api {

/// Reads the body of an upload as it comes: files of a form go to the disk piece by piece, a JSON body is held. What
/// has been written is gone again when the sink is, unless the desk has taken it.
class UploadSink final : public http::BodySink, public http::MultipartSink {
 public:
  static constexpr std::size_t kMostFiles = 20;
  static constexpr std::uint64_t kMaxFileBytes = 100ULL * 1024 * 1024;
  static constexpr std::size_t kMaxJsonBytes = 8UL * 1024 * 1024;

  /// Errors: unsupported_media when the request is neither a form nor JSON.
  [[nodiscard]] static Result<std::shared_ptr<http::BodySink>> open(const knowledge::DocumentDesk& desk,
                                                                    const http::Request& request, Random& random);

  UploadSink(const knowledge::DocumentDesk& desk, Random& random) : desk_(desk), random_(random) {}
  Result<void> take(std::string_view piece) override;
  Result<void> begin_part(const http::PartHead& head) override;
  Result<void> part_data(std::string_view piece) override;
  Result<void> end_part() override;

  /// What came, once the body is whole. `collection` is the form's field of that name, else the JSON's. Errors:
  /// invalid_argument naming what is missing or wrong.
  [[nodiscard]] Result<std::vector<knowledge::DocumentDesk::Upload>> finish();

 private:
  Result<void> begin_file(std::string name, std::string_view field);
  Result<void> add_text_document();

  const knowledge::DocumentDesk& desk_;
  Random& random_;  // the loop's, which outlives its connections
  std::optional<http::MultipartParser> parser_;
  std::string json_;
  std::string collection_;
  bool has_collection_ = false;
  bool is_collection_ = false;  // the part being read
  std::optional<knowledge::DocumentDesk::Upload> open_;
  std::optional<crypto::Hasher> hasher_;
  std::vector<knowledge::DocumentDesk::Upload> files_;
};

}  // namespace offhook::api
