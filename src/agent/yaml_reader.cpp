#include "agent/yaml_reader.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/text.hpp"

namespace offhook::agent {

std::string YamlReader::text(const char* key, bool required, std::string fallback) {
  const YAML::Node node = node_[key];
  if (!node || node.IsNull()) {
    if (required) fault(node_, fmt::format("'{}' is missing", key));
    return fallback;
  }
  if (!node.IsScalar()) {
    fault(node, fmt::format("'{}' must be a text", key));
    return fallback;
  }
  return std::string(trim(node.as<std::string>()));
}

std::vector<std::string> YamlReader::list(const char* key) {
  const YAML::Node node = node_[key];
  std::vector<std::string> items;
  if (!node || node.IsNull()) return items;
  if (!node.IsSequence()) {
    fault(node, fmt::format("'{}' must be a list", key));
    return items;
  }
  for (const auto& item : node) {
    if (item.IsScalar()) {
      items.push_back(item.as<std::string>());
    } else {
      fault(item, fmt::format("'{}' must be a list of texts", key));
    }
  }
  return items;
}

std::optional<bool> YamlReader::flag(const char* key) {
  const YAML::Node node = node_[key];
  if (!node || node.IsNull()) return std::nullopt;
  bool value = false;
  if (node.IsScalar() && YAML::convert<bool>::decode(node, value)) return value;
  fault(node, fmt::format("'{}' must be true or false", key));
  return std::nullopt;
}

std::optional<int> YamlReader::integer(const char* key, int low, int high) {
  const YAML::Node node = node_[key];
  if (!node || node.IsNull()) return std::nullopt;
  int value = 0;
  if (node.IsScalar() && YAML::convert<int>::decode(node, value) && value >= low && value <= high) return value;
  fault(node, fmt::format("'{}' must be a whole number from {} to {}", key, low, high));
  return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> YamlReader::pairs(const char* key) {
  const YAML::Node node = node_[key];
  std::vector<std::pair<std::string, std::string>> members;
  if (!node || node.IsNull()) return members;
  if (!node.IsMap()) {
    fault(node, fmt::format("'{}' must be a mapping of texts", key));
    return members;
  }
  for (const auto& entry : node) {
    if (entry.second.IsScalar()) {
      members.emplace_back(entry.first.as<std::string>(), entry.second.as<std::string>());
    } else {
      fault(entry.second, fmt::format("'{}' must be a mapping of texts", key));
    }
  }
  return members;
}

void YamlReader::only(std::initializer_list<std::string_view> keys) {
  for (const auto& entry : node_) {
    const auto key = entry.first.as<std::string>();
    if (std::ranges::find(keys, key) != keys.end()) continue;
    std::string known;
    for (const auto name : keys) known.append(known.empty() ? "" : ", ").append(name);
    fault(entry.first, fmt::format("there is no key '{}' here; known are {}", key, known));
  }
}

void YamlReader::fault(const YAML::Node& node, const std::string& what) {
  const YAML::Mark mark = node.IsDefined() ? node.Mark() : node_.Mark();
  faults_.push_back(fmt::format("{} line {}: {}", file_, mark.line + 1, what));
}

json::value to_json(const YAML::Node& node) {
  if (node.IsSequence()) {
    json::array list;
    for (const auto& item : node) list.push_back(to_json(item));
    return list;
  }
  if (node.IsMap()) {
    json::object object;
    for (const auto& entry : node) object[entry.first.as<std::string>()] = to_json(entry.second);
    return object;
  }
  if (!node.IsScalar()) return nullptr;
  const std::string& text = node.Scalar();
  if (node.Tag() == "!") return json::value(text);  // quoted
  if (text == "true" || text == "false") return text == "true";
  if (text == "null" || text == "~" || text.empty()) return nullptr;
  std::int64_t integer = 0;
  const char* end = text.data() + text.size();
  if (const auto read = std::from_chars(text.data(), end, integer); read.ec == std::errc{} && read.ptr == end)
    return integer;
  double number = 0;
  const bool looks_numeric = text.find_first_not_of("0123456789+-.eE") == std::string::npos;
  if (const auto read = std::from_chars(text.data(), end, number);
      looks_numeric && read.ec == std::errc{} && read.ptr == end) {
    return number;
  }
  return json::value(text);
}

}  // namespace offhook::agent
