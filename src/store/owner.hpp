#pragma once

#include <string>
#include <utility>

namespace offhook::store {

/// The account whose rows are meant. A repository is made for one owner: it writes rows of that owner and
/// finds no others, so that somebody else's id is an id that does not exist.
class Owner {
 public:
  /// Nobody: owns no row, and finds none.
  Owner() = default;
  explicit Owner(std::string account_id) : id_(std::move(account_id)) {}
  /// The account that is always there: sample data, open mode and the keys of OFFHOOK_API_KEYS belong to it.
  [[nodiscard]] static Owner local() { return Owner("local"); }

  /// What the owner_id columns hold. A view of it lives as long as this object.
  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] bool is_local() const { return id_ == "local"; }
  friend bool operator==(const Owner&, const Owner&) = default;

 private:
  std::string id_;
};

}  // namespace offhook::store
