#include "brain/identify/directory.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <unordered_map>

#include "brain/identify/confusion.hpp"
#include "brain/identify/spoken_letters.hpp"

namespace offhook::brain::identify {
namespace {

constexpr std::size_t kMostHypotheses = 12;
constexpr float kRankCost = 0.25F;  // of each place in the list
constexpr float kMostRankCost = 1.5F;
constexpr std::size_t kLongestHeard = 48;  // characters
constexpr float kPartMissing = 4.0F;       // one of two names was not said, or not heard

class Distinct {
 public:
  explicit Distinct(std::vector<std::string>& values) : values_(values) {}
  std::uint32_t add(std::string value) {
    const auto [found, is_new] = places_.try_emplace(value, static_cast<std::uint32_t>(values_.size()));
    if (is_new) values_.push_back(std::move(value));
    return found->second;
  }

 private:
  std::vector<std::string>& values_;
  std::unordered_map<std::string, std::uint32_t> places_;
};

std::string characters_of(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const char capital = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if ((capital >= 'A' && capital <= 'Z') || (capital >= '0' && capital <= '9')) out += capital;
  }
  return out;
}

}  // namespace

Directory::Directory(std::span<const Person> people) {
  Distinct postcodes(postcodes_);
  Distinct dates(dates_);
  Distinct names(names_);
  for (const auto& person : people) {
    postcode_of_.push_back(postcodes.add(characters_of(person.postcode)));
    date_of_.push_back(dates.add(characters_of(person.date_of_birth)));
    const std::size_t blank = person.name.rfind(' ');
    const bool is_one = blank == std::string::npos;
    first_names_.push_back(
        names.add(letters_of(is_one ? std::string_view() : std::string_view(person.name).substr(0, blank))));
    last_names_.push_back(
        names.add(letters_of(is_one ? std::string_view(person.name) : std::string_view(person.name).substr(blank))));
  }
  for (const auto& name : names_) sounds_.push_back(sounds_of(name));
}

void Directory::postcode_costs(std::string_view heard, float extra, std::vector<float>& best) const {
  const std::string characters = spelled_characters(heard).substr(0, kLongestHeard);
  if (characters.empty()) return;
  std::vector<float> cost(postcodes_.size());
  for (std::size_t i = 0; i < postcodes_.size(); ++i) {
    cost[i] = postcodes_[i].empty()
                  ? kMostCost
                  : extra + static_cast<float>(hearing_cost(Alphabet::spelled, postcodes_[i], characters));
  }
  for (std::size_t i = 0; i < best.size(); ++i) best[i] = std::min(best[i], cost[postcode_of_[i]]);
}

void Directory::name_costs(std::string_view heard, float extra, std::vector<float>& best) const {
  const auto compare = [&](Alphabet alphabet, const std::vector<std::string>& names, std::string_view text,
                           float more) {
    if (text.empty()) return;
    const std::size_t width = text.size() + 1;
    std::vector<float> first(names.size() * width);
    std::vector<float> last(names.size() * width);
    for (std::size_t i = 0; i < names.size(); ++i) {
      prefix_costs(alphabet, names[i], text, std::span(first).subspan(i * width, width));
      suffix_costs(alphabet, names[i], text, std::span(last).subspan(i * width, width));
    }
    for (std::size_t i = 0; i < best.size(); ++i) {
      const float* front = &first[first_names_[i] * width];
      const float* back = &last[last_names_[i] * width];
      float least = kMostCost;
      for (std::size_t at = 0; at < width; ++at) least = std::min(least, front[at] + back[at]);
      // One of the names alone.
      least = std::min({least, front[width - 1] + kPartMissing, back[0] + kPartMissing});
      best[i] = std::min(best[i], least + extra + more);
    }
  };
  const std::string sounds = sounds_of(heard).substr(0, kLongestHeard);
  compare(Alphabet::sounds, sounds_, sounds, 0);
  if (is_spelled(heard)) {
    std::string letters;
    for (const char c : spelled_characters(heard)) letters += c;
    compare(Alphabet::spelled, names_, std::string_view(letters).substr(0, kLongestHeard), 0);
    compare(Alphabet::spelled, names_, std::string_view(letters_of(heard)).substr(0, kLongestHeard), 0.5F);
  }
}

void Directory::date_costs(std::string_view heard, float extra, std::vector<float>& best) const {
  const std::string figures = date_figures(heard).substr(0, kLongestHeard);
  if (figures.empty()) return;
  std::vector<float> cost(dates_.size(), kMostCost);
  for (std::size_t i = 0; i < dates_.size(); ++i) {
    const std::string& date = dates_[i];
    if (date.size() != 8) continue;
    const std::string year = date.substr(0, 4);
    const std::string month = date.substr(4, 2);
    const std::string day = date.substr(6, 2);
    const auto plain = [](const std::string& two) { return two[0] == '0' ? two.substr(1) : two; };
    const auto compare = [&](const std::string& meant, float more) {
      cost[i] = std::min(cost[i], more + static_cast<float>(hearing_cost(Alphabet::figures, meant, figures)));
    };
    compare(day + month + year, 0);
    if (figures.size() < 8) {
      compare(plain(day) + plain(month) + year, 0.2F);
      compare(day + plain(month) + year, 0.2F);
      compare(plain(day) + month + year, 0.2F);
      compare(day + month + year.substr(2), 0.4F);
    }
    compare(month + day + year, 1.5F);
  }
  for (std::size_t i = 0; i < best.size(); ++i) best[i] = std::min(best[i], extra + cost[date_of_[i]]);
}

std::vector<float> Directory::costs(Item item, std::span<const std::string> hypotheses) const {
  std::vector<float> best(size(), kMostCost);
  for (std::size_t rank = 0; rank < std::min(hypotheses.size(), kMostHypotheses); ++rank) {
    const float extra = std::min(kRankCost * static_cast<float>(rank), kMostRankCost);
    switch (item) {
      case Item::postcode: postcode_costs(hypotheses[rank], extra, best); break;
      case Item::name: name_costs(hypotheses[rank], extra, best); break;
      case Item::date_of_birth: date_costs(hypotheses[rank], extra, best); break;
    }
  }
  return best;
}

}  // namespace offhook::brain::identify
