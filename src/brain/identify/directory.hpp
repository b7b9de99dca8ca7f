#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::brain::identify {

/// What is known of somebody who may call.
struct Person {
  std::string postcode;
  std::string name;           ///< given names, then the family name
  std::string date_of_birth;  ///< "YYYY-MM-DD"
};

enum class Item { postcode, name, date_of_birth };
inline constexpr std::size_t kItems = 3;

/// The people who may call, prepared for comparing. Immutable; const members are thread-safe.
class Directory {
 public:
  explicit Directory(std::span<const Person> people);

  [[nodiscard]] std::size_t size() const { return first_names_.size(); }
  /// For each person, how unlikely these hypotheses of one utterance are, best first, when the person answered for
  /// `item`: the negative logarithm of a probability, 0 or more, at most kMostCost.
  [[nodiscard]] std::vector<float> costs(Item item, std::span<const std::string> hypotheses) const;

 private:
  void postcode_costs(std::string_view heard, float extra, std::vector<float>& best) const;
  void name_costs(std::string_view heard, float extra, std::vector<float>& best) const;
  void date_costs(std::string_view heard, float extra, std::vector<float>& best) const;

  std::vector<std::string> postcodes_;      // distinct
  std::vector<std::string> dates_;          // distinct, as "YYYYMMDD"
  std::vector<std::string> names_;          // distinct parts of names, as letters
  std::vector<std::string> sounds_;         // of names_
  std::vector<std::uint32_t> postcode_of_;  // of each person
  std::vector<std::uint32_t> date_of_;
  std::vector<std::uint32_t> first_names_;
  std::vector<std::uint32_t> last_names_;
};

/// Beyond this an utterance says nothing of the person: it may have been noise.
inline constexpr float kMostCost = 7;

}  // namespace offhook::brain::identify
