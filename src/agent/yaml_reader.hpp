#pragma once

#include <yaml-cpp/yaml.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/json.hpp"

namespace offhook::agent {

/// Reads the keys of one mapping of an agent file and collects what is wrong with them, each with file and
/// line. The file name, the node and the list of faults must outlive it.
class YamlReader {
 public:
  YamlReader(std::string_view file, const YAML::Node& node, std::vector<std::string>& faults)
      : file_(file), node_(node), faults_(faults) {}

  /// A trimmed text; `fallback` when it is absent.
  std::string text(const char* key, bool required, std::string fallback = {});
  std::vector<std::string> list(const char* key);
  std::optional<bool> flag(const char* key);
  std::optional<int> integer(const char* key, int low, int high);
  /// The members of a mapping of texts, in their order.
  std::vector<std::pair<std::string, std::string>> pairs(const char* key);
  /// Every other key is a fault.
  void only(std::initializer_list<std::string_view> keys);

  void fault(const YAML::Node& node, const std::string& what);
  void fault_at(const char* key, const std::string& what) { fault(node_[key], what); }

 private:
  std::string_view file_;
  const YAML::Node& node_;
  std::vector<std::string>& faults_;
};

/// YAML as JSON: plain true, false, null and numbers are those, everything else is text.
[[nodiscard]] json::value to_json(const YAML::Node& node);

}  // namespace offhook::agent
