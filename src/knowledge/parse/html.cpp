#include <algorithm>
#include <array>
#include <memory>

#include <gumbo.h>

#include "base/text.hpp"
#include "knowledge/parse/parsers.hpp"

namespace offhook::knowledge::parse {
namespace {

/// Deeper trees are nobody's pages.
constexpr int kMaxDepth = 400;

std::string_view attribute(const GumboNode& node, const char* name) {
  const GumboAttribute* found = gumbo_get_attribute(&node.v.element.attributes, name);
  return found == nullptr ? std::string_view() : std::string_view(found->value);
}

/// What surrounds a page's content on every page of its site.
bool is_boilerplate(const GumboNode& node) {
  switch (node.v.element.tag) {
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_NOSCRIPT:
    case GUMBO_TAG_TEMPLATE:
    case GUMBO_TAG_NAV:
    case GUMBO_TAG_ASIDE:
    case GUMBO_TAG_FOOTER:
    case GUMBO_TAG_IFRAME:
    case GUMBO_TAG_SVG:
    case GUMBO_TAG_BUTTON:
    case GUMBO_TAG_SELECT:
    case GUMBO_TAG_TEXTAREA: return true;
    default: break;
  }
  const std::string_view role = attribute(node, "role");
  if (role == "navigation" || role == "banner" || role == "contentinfo" || role == "search") return true;
  if (attribute(node, "aria-hidden") == "true" || gumbo_get_attribute(&node.v.element.attributes, "hidden") != nullptr)
    return true;
  static constexpr std::array<std::string_view, 9> kWords{"cookie", "breadcrumb", "sidebar", "navbar",   "site-footer",
                                                          "advert", "newsletter", "share-",  "skip-link"};
  const std::string names = to_lower(std::string(attribute(node, "class")) + " " + std::string(attribute(node, "id")));
  return std::ranges::any_of(kWords, [&](std::string_view word) { return names.contains(word); });
}

class HtmlReader {
 public:
  ParsedDocument read(const GumboNode& root) {
    find_title(root, 0);
    const GumboNode* main = find_main(root, 0);
    walk(main != nullptr ? *main : root, 0);
    close();
    return std::move(document_);
  }

 private:
  void find_title(const GumboNode& node, int depth) {
    if (node.type != GUMBO_NODE_ELEMENT || depth > 4 || !document_.title.empty()) return;
    if (node.v.element.tag == GUMBO_TAG_TITLE) document_.title = one_line(text_of(node, 0));
    each_child(node, [&](const GumboNode& child) { find_title(child, depth + 1); });
  }

  /// <main>, or the only <article>.
  const GumboNode* find_main(const GumboNode& node, int depth) {
    std::vector<const GumboNode*> mains, articles;
    collect(node, depth, mains, articles);
    if (mains.size() == 1) return mains.front();
    return articles.size() == 1 ? articles.front() : nullptr;
  }
  void collect(const GumboNode& node, int depth, std::vector<const GumboNode*>& mains,
               std::vector<const GumboNode*>& articles) {
    if (node.type != GUMBO_NODE_ELEMENT || depth > kMaxDepth) return;
    if (node.v.element.tag == GUMBO_TAG_MAIN || attribute(node, "role") == "main") mains.push_back(&node);
    if (node.v.element.tag == GUMBO_TAG_ARTICLE) articles.push_back(&node);
    each_child(node, [&](const GumboNode& child) { collect(child, depth + 1, mains, articles); });
  }

  template <class Visit>
  static void each_child(const GumboNode& node, Visit visit) {
    const GumboVector& children = node.v.element.children;
    for (unsigned i = 0; i < children.length; ++i) visit(*static_cast<const GumboNode*>(children.data[i]));
  }

  void walk(const GumboNode& node, int depth) {
    if (depth > kMaxDepth) return;
    if (node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_WHITESPACE || node.type == GUMBO_NODE_CDATA) {
      open_ += node.v.text.text;
      return;
    }
    if (node.type != GUMBO_NODE_ELEMENT || is_boilerplate(node)) return;
    const GumboTag tag = node.v.element.tag;
    switch (tag) {
      case GUMBO_TAG_HEAD: return;
      case GUMBO_TAG_H1:
      case GUMBO_TAG_H2:
      case GUMBO_TAG_H3:
      case GUMBO_TAG_H4:
      case GUMBO_TAG_H5:
      case GUMBO_TAG_H6:
        close();
        add(BlockKind::heading, static_cast<int>(tag) - static_cast<int>(GUMBO_TAG_H1) + 1, text_of(node, depth));
        return;
      case GUMBO_TAG_TABLE: read_table(node, depth); return;
      case GUMBO_TAG_BR: open_ += ' '; return;
      case GUMBO_TAG_LI:
      case GUMBO_TAG_DD:
        close();
        kind_ = BlockKind::list_item;
        break;
      case GUMBO_TAG_P:
      case GUMBO_TAG_DIV:
      case GUMBO_TAG_SECTION:
      case GUMBO_TAG_ARTICLE:
      case GUMBO_TAG_MAIN:
      case GUMBO_TAG_HEADER:
      case GUMBO_TAG_UL:
      case GUMBO_TAG_OL:
      case GUMBO_TAG_DL:
      case GUMBO_TAG_DT:
      case GUMBO_TAG_PRE:
      case GUMBO_TAG_BLOCKQUOTE:
      case GUMBO_TAG_FIGURE:
      case GUMBO_TAG_FIGCAPTION:
      case GUMBO_TAG_FORM: {
        const BlockKind outer = kind_;
        const bool stays_item = kind_ == BlockKind::list_item && (tag == GUMBO_TAG_P || tag == GUMBO_TAG_DIV);
        close();
        if (stays_item) kind_ = outer;
        each_child(node, [&](const GumboNode& child) { walk(child, depth + 1); });
        close();
        return;
      }
      default: break;
    }
    each_child(node, [&](const GumboNode& child) { walk(child, depth + 1); });
    if (tag == GUMBO_TAG_LI || tag == GUMBO_TAG_DD) close();
  }

  /// Tables that lay a page out hold blocks; those are walked.
  void read_table(const GumboNode& table, int depth) {
    close();
    if (attribute(table, "role") == "presentation") {
      each_child(table, [&](const GumboNode& child) { walk_parts(child, depth + 1); });
      return;
    }
    std::vector<std::vector<std::string>> rows;
    collect_rows(table, depth, rows);
    add_table(rows, 0, document_.blocks);
  }
  void walk_parts(const GumboNode& node, int depth) {
    if (node.type != GUMBO_NODE_ELEMENT || depth > kMaxDepth) return;
    const GumboTag tag = node.v.element.tag;
    const bool is_cell = tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH;
    each_child(node, [&](const GumboNode& child) { is_cell ? walk(child, depth + 1) : walk_parts(child, depth + 1); });
    if (is_cell) close();
  }
  void collect_rows(const GumboNode& node, int depth, std::vector<std::vector<std::string>>& rows) {
    if (node.type != GUMBO_NODE_ELEMENT || depth > kMaxDepth) return;
    const GumboTag tag = node.v.element.tag;
    if (tag == GUMBO_TAG_TR) rows.emplace_back();
    if (tag == GUMBO_TAG_CAPTION) {
      add(BlockKind::paragraph, 0, text_of(node, depth));
      return;
    }
    if ((tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH) && !rows.empty()) {
      rows.back().push_back(one_line(text_of(node, depth)));
      return;
    }
    each_child(node, [&](const GumboNode& child) { collect_rows(child, depth + 1, rows); });
  }

  static std::string text_of(const GumboNode& node, int depth) {
    if (node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_WHITESPACE) return node.v.text.text;
    if (node.type != GUMBO_NODE_ELEMENT || depth > kMaxDepth) return {};
    if (node.v.element.tag == GUMBO_TAG_SCRIPT || node.v.element.tag == GUMBO_TAG_STYLE) return {};
    std::string text;
    each_child(node, [&](const GumboNode& child) { text += text_of(child, depth + 1); });
    if (node.v.element.tag == GUMBO_TAG_BR || node.v.element.tag == GUMBO_TAG_P || node.v.element.tag == GUMBO_TAG_LI)
      text += ' ';
    return text;
  }

  void close() {
    std::string text = one_line(open_);
    open_.clear();
    add(kind_, 0, std::move(text));
    kind_ = BlockKind::paragraph;
  }
  void add(BlockKind kind, int level, const std::string& text) {
    std::string line = one_line(text);
    if (!line.empty()) document_.blocks.push_back({.kind = kind, .level = level, .text = std::move(line)});
  }

  ParsedDocument document_;
  std::string open_;
  BlockKind kind_ = BlockKind::paragraph;
};

}  // namespace

ParsedDocument parse_html(std::string_view utf8) {
  GumboOptions options = kGumboDefaultOptions;
  options.max_errors = 0;
  const std::unique_ptr<GumboOutput, void (*)(GumboOutput*)> output(
      gumbo_parse_with_options(&options, utf8.data(), utf8.size()),
      [](GumboOutput* parsed) { gumbo_destroy_output(&kGumboDefaultOptions, parsed); });
  if (output == nullptr || output->root == nullptr) return {};
  return HtmlReader().read(*output->root);
}

}  // namespace offhook::knowledge::parse
