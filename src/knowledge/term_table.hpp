#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::knowledge {

/// Texts numbered in the order in which they first came, in one piece of memory: 4 bytes a text and 8 of the hash table
/// beside the bytes themselves. One thread while it grows, any number afterwards.
class TermTable {
 public:
  using Id = std::uint32_t;

  /// The text's number, a new one when it is new.
  Id add(std::string_view text);
  [[nodiscard]] std::optional<Id> find(std::string_view text) const;
  [[nodiscard]] std::string_view text(Id id) const {
    return std::string_view(bytes_).substr(ends_[id], ends_[id + 1] - ends_[id]);
  }
  [[nodiscard]] std::size_t size() const { return ends_.size() - 1; }
  [[nodiscard]] std::size_t memory_bytes() const {
    return bytes_.capacity() + (ends_.capacity() + slots_.capacity()) * sizeof(std::uint32_t);
  }
  /// Gives back what it had in store for growing.
  void shrink();

 private:
  [[nodiscard]] std::size_t slot_of(std::string_view text) const;
  void grow();

  std::string bytes_;
  std::vector<std::uint32_t> ends_ = {0};  // text i lies from ends_[i] to ends_[i + 1]
  std::vector<std::uint32_t> slots_;       // ids + 1; 0 is free; a power of two
};

}  // namespace offhook::knowledge
