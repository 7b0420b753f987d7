// The CSV reader on any bytes, against a reader of one byte at a time that shares nothing with it.

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/csv_rows.h"

namespace {

using namespace foz;

/// A promise that was broken is a crash.
void promise(bool kept) {
  if (!kept) std::abort();
}

using Records = std::vector<std::vector<std::string>>;

/// RFC 4180 as plainly as it can be read; nothing where the text breaks its rules.
std::optional<Records> plain_records(std::string_view text) {
  Records records(1);
  std::string field;
  size_t at = 0;
  while (at < text.size()) {
    field.clear();
    if (text[at] == '"') {
      for (++at;; ++at) {
        if (at >= text.size()) return std::nullopt;
        if (text[at] != '"') field += text[at];
        else if (at + 1 < text.size() && text[at + 1] == '"') field += text[at++];
        else break;
      }
      ++at;
    } else {
      while (at < text.size() && text[at] != ',' && text[at] != '\n') field += text[at++];
      if (at < text.size() && text[at] == '\n' && field.ends_with('\r')) field.pop_back(), --at;
    }
    records.back().push_back(field);
    if (at < text.size() && text[at] == '\r') ++at;
    if (at >= text.size()) return std::nullopt;  // the last line ends, too
    if (text[at] == '\n') records.emplace_back();
    else if (text[at] != ',') return std::nullopt;
    ++at;
    if (at == text.size() && text[at - 1] == ',') return std::nullopt;
  }
  records.pop_back();
  return records;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  CsvPage page;
  if (!page.open(text, {})) return 0;
  const std::vector<std::string> header = page.header();
  const auto counted = count_records(page);
  const auto wanted = plain_records(text);
  CsvPage again;
  promise(again.open(text, header).has_value());
  const bool distinct = std::set<std::string>(header.begin(), header.end()).size() == header.size();  // else the first of a name is read
  std::vector<JsonSlot> slots(header.size());
  size_t records = 0;
  for (;;) {
    const auto more = again.next(slots);
    if (!more) {
      promise(!counted && !more.error().message.empty());
      return 0;
    }
    if (!*more) break;
    promise(!again.record_json(again.record_begin()).empty());
    ++records;
    if (!wanted || !distinct || records >= wanted->size()) continue;
    const auto& fields = (*wanted)[records];
    if (fields.size() != header.size()) continue;
    for (size_t i = 0; i < slots.size(); ++i) {
      if (slots[i].kind == JsonSlot::Kind::text) promise(slots[i].text == fields[i]);
      else promise(fields[i].empty() || slots[i].kind == JsonSlot::Kind::missing);
    }
  }
  promise(counted && *counted == records);
  if (wanted) promise(wanted->size() == records + 1);
  return 0;
}
