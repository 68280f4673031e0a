#pragma once
// OLE2 compound files: a small file system in which older Office documents, installers and saved messages
// lie. [MS-CFB], with [MS-OVBA], [MS-DOC], [MS-XLS], [MS-PPT], [MS-OFFCRYPTO], [MS-OLEDS], [MS-OXMSG]

#include <string>
#include <string_view>
#include <vector>

#include "filters/attachments/member.h"

namespace filters::attachments {

struct Ole2 {
  std::string_view
      extension;  // of what it is: "doc", "xls", "ppt", "vsd", "pub", "msi", "msg"; "ole" for another
  std::string_view also = {};  // see About
  std::string_view words;
  bool macros = false;
  bool encrypted = false;
  bool whole =
      true;  // false: not all of its directory could be read, for it is too long, or streams share sectors
};

// `take` is told of the files that are embedded (packages, attachments of a saved message) and of streams
// that may hold some.  `file` must outlive what it is told.
Ole2 read_ole2(std::string_view file, const TakeMember& take);

}  // namespace filters::attachments
