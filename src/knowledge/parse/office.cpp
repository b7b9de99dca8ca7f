#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstring>
#include <map>
#include <set>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "base/text.hpp"
#include "knowledge/parse/archive.hpp"

// Source: ECMA-376, Office Open XML; OASIS OpenDocument 1.3.

namespace offhook::knowledge::parse {
namespace {

using Members = std::map<std::string, std::string>;

Result<void> load(const Members& members, const std::string& path, pugi::xml_document& into) {
  const auto found = members.find(path);
  if (found == members.end() ||
      !into.load_buffer(found->second.data(), found->second.size(), pugi::parse_default | pugi::parse_ws_pcdata)) {
    return refuse(ErrorKind::invalid_argument, "corrupt", "The file is damaged: a part of it is missing or broken.");
  }
  return {};
}

/// Walks all elements below a node in document order; `visit` says whether to go below one. No recursion.
template <class Visit>
void walk(pugi::xml_node top, Visit visit) {
  pugi::xml_node node = top.first_child();
  while (node) {
    if (visit(node) && node.first_child()) {
      node = node.first_child();
      continue;
    }
    while (node && node != top && !node.next_sibling()) node = node.parent();
    if (!node || node == top) break;
    node = node.next_sibling();
  }
}

bool is(pugi::xml_node node, const char* name) { return std::strcmp(node.name(), name) == 0; }

// ---- DOCX

/// Heading levels by the id of their style.
std::map<std::string, int> heading_styles(const Members& members) {
  std::map<std::string, int> levels;
  pugi::xml_document styles;
  if (!load(members, "word/styles.xml", styles)) return levels;
  for (const auto style : styles.child("w:styles").children("w:style")) {
    const std::string name = to_lower(style.child("w:name").attribute("w:val").value());
    const std::string id = style.attribute("w:styleId").value();
    if (name == "title") levels[id] = 1;
    if (name.starts_with("heading ") && name.size() == 9 && name[8] >= '1' && name[8] <= '9')
      levels[id] = name[8] - '0';
    if (const auto outline = style.child("w:pPr").child("w:outlineLvl"))
      levels.try_emplace(id, outline.attribute("w:val").as_int() + 1);
  }
  return levels;
}

class DocxReader {
 public:
  explicit DocxReader(const Members& members) : levels_(heading_styles(members)) {}

  ParsedDocument read(pugi::xml_node body) {
    read_blocks(body, 0);
    if (page_ > 1) {
      document_.pages = page_;
    } else {
      for (auto& block : document_.blocks) block.page = 0;
    }
    return std::move(document_);
  }

 private:
  void read_blocks(pugi::xml_node parent, int depth) {
    if (depth > 20) return;
    for (const auto node : parent.children()) {
      if (is(node, "w:p")) {
        read_paragraph(node);
      } else if (is(node, "w:tbl")) {
        read_table(node, depth);
      } else if (is(node, "w:sdt")) {
        read_blocks(node.child("w:sdtContent"), depth + 1);
      }
    }
  }
  std::string text_of(pugi::xml_node paragraph) {
    std::string text;
    walk(paragraph, [&](pugi::xml_node node) {
      if (is(node, "w:t")) text += node.text().get();
      if (is(node, "w:tab") || is(node, "w:cr")) text += ' ';
      if (is(node, "w:noBreakHyphen")) text += '-';
      if (is(node, "w:lastRenderedPageBreak")) ++page_;
      if (is(node, "w:br")) {
        text += ' ';
        if (std::strcmp(node.attribute("w:type").value(), "page") == 0) ++page_;
      }
      return !is(node, "w:pPr") && !is(node, "w:del") && !is(node, "mc:Fallback") && !is(node, "w:instrText");
    });
    return one_line(text);
  }
  void read_paragraph(pugi::xml_node paragraph) {
    const int page = page_;
    std::string text = text_of(paragraph);
    if (text.empty()) return;
    const auto properties = paragraph.child("w:pPr");
    const auto style = levels_.find(properties.child("w:pStyle").attribute("w:val").value());
    const std::string style_id = to_lower(properties.child("w:pStyle").attribute("w:val").value());
    Block block{.page = page_ > page && text.empty() ? page_ : page, .text = std::move(text)};
    if (style != levels_.end()) {
      block.kind = BlockKind::heading;
      block.level = style->second;
    } else if (properties.child("w:numPr") || style_id.starts_with("list")) {
      block.kind = BlockKind::list_item;
    }
    document_.blocks.push_back(std::move(block));
  }
  void read_table(pugi::xml_node table, int depth) {
    std::vector<std::vector<std::string>> rows;
    for (const auto row : table.children("w:tr")) {
      auto& cells = rows.emplace_back();
      for (const auto cell : row.children("w:tc")) {
        std::string text;
        for (const auto paragraph : cell.children("w:p")) text += text_of(paragraph) + ' ';
        cells.push_back(one_line(text));
        for (const auto inner : cell.children("w:tbl")) read_table(inner, depth + 1);
      }
      if (depth > 20) break;
    }
    add_table(rows, page_, document_.blocks);
  }

  std::map<std::string, int> levels_;
  ParsedDocument document_;
  int page_ = 1;
};

Result<ParsedDocument> read_docx(const Members& members) {
  pugi::xml_document xml;
  if (auto loaded = load(members, "word/document.xml", xml); !loaded) return fail(loaded);
  return DocxReader(members).read(xml.child("w:document").child("w:body"));
}

// ---- XLSX

std::string all_text(pugi::xml_node top, const char* element) {
  std::string text;
  walk(top, [&](pugi::xml_node node) {
    if (is(node, element)) text += node.text().get();
    return !is(node, "rPh");  // how it is read aloud in Japanese
  });
  return text;
}

/// Which cell formats are dates.
std::set<int> date_formats(const Members& members) {
  std::set<int> formats, custom;
  pugi::xml_document styles;
  if (!load(members, "xl/styles.xml", styles)) return formats;
  for (const auto format : styles.child("styleSheet").child("numFmts").children("numFmt")) {
    const std::string code = to_lower(format.attribute("formatCode").value());
    if (code.contains("yy") || code.contains("dd") || code.contains("d/m") || code.contains("mmm"))
      custom.insert(format.attribute("numFmtId").as_int());
  }
  int index = 0;
  for (const auto xf : styles.child("styleSheet").child("cellXfs").children("xf")) {
    const int id = xf.attribute("numFmtId").as_int();
    if ((id >= 14 && id <= 17) || id == 22 || custom.contains(id)) formats.insert(index);
    ++index;
  }
  return formats;
}

/// Days since 1899-12-30.
std::string date_text(double serial) {
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::year(1899) / 12 / 30) +
                                         std::chrono::days(static_cast<int>(serial))};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

/// "BC7" is column 54.
std::size_t column_of(std::string_view reference) {
  std::size_t column = 0;
  for (const char c : reference) {
    if (c < 'A' || c > 'Z' || column > 20'000) break;
    column = column * 26 + static_cast<std::size_t>(c - 'A' + 1);
  }
  return column == 0 ? 0 : column - 1;
}

constexpr std::size_t kMaxColumns = 500;

Result<ParsedDocument> read_xlsx(const Members& members) {
  pugi::xml_document workbook, relations;
  if (auto loaded = load(members, "xl/workbook.xml", workbook); !loaded) return fail(loaded);
  if (auto loaded = load(members, "xl/_rels/workbook.xml.rels", relations); !loaded) return fail(loaded);
  std::map<std::string, std::string> targets;
  for (const auto relation : relations.child("Relationships").children("Relationship")) {
    std::string target = relation.attribute("Target").value();
    targets[relation.attribute("Id").value()] = target.starts_with('/') ? target.substr(1) : "xl/" + target;
  }
  std::vector<std::string> shared;
  pugi::xml_document strings;
  if (load(members, "xl/sharedStrings.xml", strings)) {
    for (const auto item : strings.child("sst").children("si")) shared.push_back(all_text(item, "t"));
  }
  const std::set<int> dates = date_formats(members);
  ParsedDocument document;
  for (const auto sheet : workbook.child("workbook").child("sheets").children("sheet")) {
    pugi::xml_document xml;
    if (auto loaded = load(members, targets[sheet.attribute("r:id").value()], xml); !loaded) continue;  // a chart
    std::vector<std::vector<std::string>> rows;
    for (const auto row : xml.child("worksheet").child("sheetData").children("row")) {
      std::vector<std::string> cells;
      for (const auto cell : row.children("c")) {
        const std::size_t column = cell.attribute("r") ? column_of(cell.attribute("r").value()) : cells.size();
        if (column >= kMaxColumns) break;
        if (cells.size() <= column) cells.resize(column + 1);
        const std::string_view type = cell.attribute("t").value();
        std::string value = cell.child("v").text().get();
        if (type == "s") {
          const auto index = cell.child("v").text().as_uint(~0U);
          value = index < shared.size() ? shared[index] : "";
        } else if (type == "inlineStr") {
          value = all_text(cell.child("is"), "t");
        } else if (type == "b") {
          value = value == "1" ? "yes" : "no";
        } else if (type.empty() && dates.contains(cell.attribute("s").as_int()) && !value.empty()) {
          value = date_text(cell.child("v").text().as_double());
        }
        cells[column] = std::move(value);
      }
      rows.push_back(std::move(cells));
    }
    const std::string name = sheet.attribute("name").value();
    document.blocks.push_back({.kind = BlockKind::heading, .level = 1, .text = name});
    const std::size_t before = document.blocks.size();
    add_table(rows, 0, document.blocks);
    if (document.blocks.size() == before) document.blocks.pop_back();
  }
  return document;
}

// ---- PPTX

Result<ParsedDocument> read_pptx(const Members& members) {
  std::map<int, const std::string*> slides;
  for (const auto& [path, content] : members) {
    int number = 0;
    constexpr std::string_view kSlide = "ppt/slides/slide";
    if (!path.starts_with(kSlide)) continue;
    const char* begin = path.data() + kSlide.size();
    if (std::from_chars(begin, path.data() + path.size(), number).ec == std::errc()) slides[number] = &content;
  }
  if (slides.empty()) return refuse(ErrorKind::invalid_argument, "corrupt", "The file is damaged: it has no slides.");
  ParsedDocument document{.title = {}, .pages = static_cast<int>(slides.size()), .blocks = {}};
  int page = 0;
  for (const auto& [number, content] : slides) {
    ++page;
    pugi::xml_document xml;
    if (!xml.load_buffer(content->data(), content->size(), pugi::parse_default | pugi::parse_ws_pcdata)) continue;
    walk(xml, [&](pugi::xml_node node) {
      if (is(node, "a:tbl")) {
        std::vector<std::vector<std::string>> rows;
        for (const auto row : node.children("a:tr")) {
          auto& cells = rows.emplace_back();
          for (const auto cell : row.children("a:tc")) cells.push_back(one_line(all_text(cell, "a:t")));
        }
        add_table(rows, page, document.blocks);
        return false;
      }
      if (!is(node, "p:sp")) return true;
      const std::string_view placeholder =
          node.child("p:nvSpPr").child("p:nvPr").child("p:ph").attribute("type").value();
      if (placeholder == "sldNum" || placeholder == "ftr" || placeholder == "dt") return false;
      const bool is_title = placeholder == "title" || placeholder == "ctrTitle";
      for (const auto paragraph : node.child("p:txBody").children("a:p")) {
        std::string text = one_line(all_text(paragraph, "a:t"));
        if (text.empty()) continue;
        const auto kind = is_title ? BlockKind::heading : BlockKind::list_item;
        document.blocks.push_back({.kind = kind, .level = is_title ? 1 : 0, .page = page, .text = std::move(text)});
      }
      return false;
    });
  }
  return document;
}

// ---- ODT

Result<ParsedDocument> read_odt(const Members& members) {
  pugi::xml_document xml;
  if (auto loaded = load(members, "content.xml", xml); !loaded) return fail(loaded);
  const auto text_of = [](pugi::xml_node node) {
    std::string text;
    walk(node, [&](pugi::xml_node part) {
      if (part.type() == pugi::node_pcdata) text += part.value();
      if (is(part, "text:s") || is(part, "text:tab") || is(part, "text:line-break")) text += ' ';
      return !is(part, "text:note") && !is(part, "office:annotation");
    });
    return one_line(text);
  };
  ParsedDocument document;
  walk(xml.child("office:document-content").child("office:body").child("office:text"), [&](pugi::xml_node node) {
    if (is(node, "text:h") || is(node, "text:p")) {
      Block block{.text = text_of(node)};
      if (is(node, "text:h")) {
        block.kind = BlockKind::heading;
        block.level = node.attribute("text:outline-level").as_int(1);
      } else if (is(node.parent(), "text:list-item")) {
        block.kind = BlockKind::list_item;
      }
      if (!block.text.empty()) document.blocks.push_back(std::move(block));
      return false;
    }
    if (is(node, "table:table")) {
      std::vector<std::vector<std::string>> rows;
      walk(node, [&](pugi::xml_node part) {
        if (is(part, "table:table-row")) rows.emplace_back();
        if (is(part, "table:table-cell") && !rows.empty()) {
          rows.back().push_back(text_of(part));
          return false;
        }
        return true;
      });
      add_table(rows, 0, document.blocks);
      return false;
    }
    return !is(node, "text:tracked-changes");
  });
  return document;
}

}  // namespace

Result<ParsedDocument> parse_office(std::string_view bytes, FileType type, const Limits& limits) {
  auto members = unpack(bytes, limits, [](std::string_view path) {
    if (!path.ends_with(".xml") && !path.ends_with(".rels")) return false;
    return path.starts_with("word/") || path.starts_with("xl/") || path.starts_with("ppt/slides/") ||
           path == "content.xml" || path == "META-INF/manifest.xml";
  });
  if (!members) return fail(members);
  switch (type) {
    case FileType::docx: return read_docx(*members);
    case FileType::xlsx: return read_xlsx(*members);
    case FileType::pptx: return read_pptx(*members);
    default: break;
  }
  const auto manifest = members->find("META-INF/manifest.xml");
  if (manifest != members->end() && manifest->second.contains("encryption-data")) {
    return refuse(ErrorKind::invalid_argument, "encrypted", "The file is encrypted; upload it without a password.");
  }
  return read_odt(*members);
}

}  // namespace offhook::knowledge::parse
