#pragma once
// What a zip archive is besides: the names in it tell.

#include <string_view>

#include "filters/attachments/member.h"

namespace filters::attachments {

class ZipKind {
 public:
  void take(const Member& member);

  std::string_view extension() const;  // "docx", "odt", "jar", …; "zip" for none of them
  std::string_view also() const;       // see About
  std::string_view words() const;
  bool macros() const { return macros_; }
  // A document: what it is made of is no attachment of its own.
  bool is_document() const;
  // Whether a document of that kind is made of files with such an extension.
  static bool is_inner(std::string_view extension);

 private:
  enum class Kind { zip, word, excel, powerpoint, visio, text, sheet, slides, drawing, book, java, android };
  struct Row;
  const Row& row() const;

  Kind kind_ = Kind::zip;
  bool office_ = false;  // there is a [Content_Types].xml
  bool macros_ = false;
};

}  // namespace filters::attachments
