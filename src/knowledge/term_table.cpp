#include "knowledge/term_table.hpp"

#include <functional>

namespace offhook::knowledge {

std::size_t TermTable::slot_of(std::string_view text) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = std::hash<std::string_view>{}(text)&mask;
  while (slots_[slot] != 0 && this->text(slots_[slot] - 1) != text) slot = (slot + 1) & mask;
  return slot;
}

void TermTable::grow() {
  slots_.assign(slots_.empty() ? 64 : slots_.size() * 2, 0);
  for (Id id = 0; id < size(); ++id) slots_[slot_of(text(id))] = id + 1;
}

TermTable::Id TermTable::add(std::string_view text) {
  if ((size() + 1) * 2 > slots_.size()) grow();
  const std::size_t slot = slot_of(text);
  if (slots_[slot] == 0) {
    bytes_.append(text);
    ends_.push_back(static_cast<std::uint32_t>(bytes_.size()));
    slots_[slot] = static_cast<Id>(size());
  }
  return slots_[slot] - 1;
}

std::optional<TermTable::Id> TermTable::find(std::string_view text) const {
  if (slots_.empty()) return std::nullopt;
  const std::uint32_t found = slots_[slot_of(text)];
  return found == 0 ? std::nullopt : std::optional<Id>(found - 1);
}

void TermTable::shrink() {
  bytes_.shrink_to_fit();
  ends_.shrink_to_fit();
}

}  // namespace offhook::knowledge
