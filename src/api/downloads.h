#pragma once
// Lists of files and their bytes, as Data Access gives them. Follows: Ingestion and access contract, 11-13 and 15.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "api/request.h"
#include "api/services.h"

namespace foz::api {

/// A file that can be asked for.
struct Download {
  std::string name;            ///< as lists show it
  std::filesystem::path file;  ///< on disk; empty: a file without bytes
  uint64_t bytes = 0;
  std::string etag;            ///< without quotes
};

/// The name that a file has for ever, as long as its bytes stay the same.
std::string download_etag(std::string_view batch, std::string_view name, uint64_t bytes);

/// The file, or the part of it that the request's Range (header, or parameter `range`) asks for. Nothing is loaded.
/// Follows: RFC 9110, 14.2 and 13.1.5 (If-Range).
Response send_file(const Services& services, const Request& request, const Download& download);

/// The window of a list.
struct ListWindow {
  size_t begin = 0;
  size_t limit = 100;
};
/// `limit` 1..100, default 100; `start` a zero-based number or, where there are `names`, the last one seen.
/// Errors: invalid, naming the parameter.
Result<ListWindow> list_window(const Request& request, const std::vector<std::string>& names = {});

/// `{data, _page}` with the entries of the window, and `_links.next` when there are more.
/// `self` is the absolute address of the list, without start and limit.
Json paged(const std::vector<Json>& entries, const ListWindow& window, const std::string& self);

/// `{"name", "length", "_links": {"self": {"href"}}}`; lengths are texts.
Json listed_file(const std::string& name, uint64_t bytes, const std::string& href);

}  // namespace foz::api
