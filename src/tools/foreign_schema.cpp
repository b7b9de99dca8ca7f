#include "tools/foreign_schema.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>
#include <unordered_map>

#include "base/text.hpp"

namespace offhook::tools {
namespace {

/// Below these the keys are names, not keywords.
bool holds_names(std::string_view keyword) {
  constexpr std::array<std::string_view, 4> kMaps{"properties", "$defs", "definitions", "dependencies"};
  return std::ranges::find(kMaps, keyword) != kMaps.end();
}

/// Does a pointer end at a schema? At a map of names the names would be taken for keywords, "pattern" among them.
bool ends_at_schema(std::string_view reference) {
  bool is_map = false;
  for (const auto step : split(reference, '/')) is_map = !is_map && holds_names(step);
  return !is_map;
}

class ReferenceCheck {
 public:
  explicit ReferenceCheck(const json::value& root) : root_(root) {}

  // NOLINTNEXTLINE(misc-no-recursion): as deep as JSON that was parsed, times the number of its references
  void look_at(const json::value& schema) {
    if (schema.is_array()) {
      for (const auto& item : schema.get_array()) look_at(item);
    }
    if (!schema.is_object()) return;
    follow(schema);
    for (const auto& member : schema.get_object()) look_at(member.value());
  }

 private:
  /// Everything that is checked against the very same value.
  // NOLINTNEXTLINE(misc-no-recursion): each schema is entered once
  void follow(const json::value& schema) {
    if (!schema.is_object() || done_.contains(&schema)) return;
    if (!open_.insert(&schema).second) throw std::invalid_argument("a reference goes in circles");
    if (const auto reference = find_string(schema, "$ref")) follow(target_of(*reference));
    for (const char* key : {"allOf", "anyOf", "oneOf"}) {
      if (const auto* all = find_array(schema, key)) {
        for (const auto& one : *all) follow(one);
      }
    }
    for (const char* key : {"not", "if", "then", "else"}) {
      if (const auto* one = find(schema, key)) follow(*one);
    }
    open_.erase(&schema);
    done_.insert(&schema);
  }

  const json::value& target_of(std::string_view reference) const {
    if (!reference.starts_with('#')) throw std::invalid_argument("a reference leaves the document");
    const json::value* target = referenced(root_, reference);
    if (target == nullptr || !ends_at_schema(reference)) {
      throw std::invalid_argument("a reference names no schema in the document");
    }
    return *target;
  }

  const json::value& root_;
  std::set<const json::value*> open_;
  std::set<const json::value*> done_;
};

class Extent {
 public:
  Extent(const json::value& root, std::size_t most) : root_(root), most_(most) {}

  // NOLINTNEXTLINE(misc-no-recursion): as deep as JSON that was parsed, times the number of its references
  std::size_t of(const json::value& schema) {
    const auto [known, is_new] = sizes_.try_emplace(&schema, Size{});
    if (!is_new) {
      is_circular_ = is_circular_ || known->second.is_open;
      return known->second.values;
    }
    std::size_t values = 1;
    const auto add = [&](const json::value& part) { values = std::min(values + of(part), most_ + 1); };
    if (const auto* list = schema.if_array()) {
      for (const auto& item : *list) add(item);
    } else if (const auto* object = schema.if_object()) {
      for (const auto& member : *object) add(member.value());
      if (const auto* target = referenced(root_, find_string(schema, "$ref").value_or(""))) add(*target);
    }
    sizes_[&schema] = {.values = values, .is_open = false};
    return values;
  }
  [[nodiscard]] bool is_circular() const { return is_circular_; }

 private:
  struct Size {
    std::size_t values = 1;
    bool is_open = true;  ///< being counted
  };
  const json::value& root_;
  std::size_t most_;
  std::unordered_map<const json::value*, Size> sizes_;
  bool is_circular_ = false;
};

// NOLINTNEXTLINE(misc-no-recursion): as deep as JSON that was parsed
json::value without_patterns_in(const json::value& schema, bool is_names) {
  if (const auto* list = schema.if_array()) {
    json::array kept;
    for (const auto& item : *list) kept.push_back(without_patterns_in(item, false));
    return kept;
  }
  const auto* object = schema.if_object();
  if (object == nullptr) return schema;
  const bool allows_by_pattern = !is_names && object->contains("patternProperties");
  json::object kept;
  for (const auto& member : *object) {
    const std::string_view key = member.key();
    if (!is_names && (key == "pattern" || key == "patternProperties")) continue;
    if (allows_by_pattern && key == "additionalProperties") continue;
    kept[key] = without_patterns_in(member.value(), !is_names && holds_names(key));
  }
  return kept;
}

}  // namespace

const json::value* referenced(const json::value& root, std::string_view reference) {
  if (!reference.starts_with('#')) return nullptr;
  boost::system::error_code error;
  const json::value* target = root.find_pointer(reference.substr(1), error);
  return error ? nullptr : target;
}

void require_sound_references(const json::value& root) { ReferenceCheck(root).look_at(root); }

SchemaExtent extent_of(const json::value& root, std::size_t most) {
  Extent extent(root, most);
  const std::size_t values = extent.of(root);
  return {.values = values, .is_circular = extent.is_circular()};
}

json::value without_patterns(const json::value& schema) { return without_patterns_in(schema, false); }

}  // namespace offhook::tools
