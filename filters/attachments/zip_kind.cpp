#include "filters/attachments/zip_kind.h"

#include <array>

#include "policy/facts/text.h"

namespace filters::attachments {

using namespace policy::facts;

struct ZipKind::Row {
  Kind kind;
  std::string_view extension;
  std::string_view also;
  std::string_view with_macros;  // the extension where macros may be
  std::string_view macro_also;
  std::string_view words;
};

// ECMA-376 part 2, OpenDocument 1.3 part 2.
const ZipKind::Row& ZipKind::row() const {
  static constexpr std::array kRows{
      Row{Kind::zip, "zip", " ", "zip", " ", "is a zip archive"},
      Row{Kind::word, "docx", " dotx docm dotm ", "docm", " dotm ", "is a Word document"},
      Row{Kind::excel, "xlsx", " xltx xlsm xltm xlsb xlam ", "xlsm", " xltm xlsb xlam ",
          "is an Excel workbook"},
      Row{Kind::powerpoint, "pptx", " potx ppsx pptm potm ppsm ppam thmx ", "pptm", " potm ppsm ppam ",
          "is a PowerPoint presentation"},
      Row{Kind::visio, "vsdx", " vssx vstx vsdm vssm vstm ", "vsdm", " vssm vstm ", "is a Visio drawing"},
      Row{Kind::text, "odt", " ott odm oth sxw ", "odt", " ott odm oth sxw ", "is an OpenDocument text"},
      Row{Kind::sheet, "ods", " ots sxc ", "ods", " ots sxc ", "is an OpenDocument spreadsheet"},
      Row{Kind::slides, "odp", " otp sxi ", "odp", " otp sxi ", "is an OpenDocument presentation"},
      Row{Kind::drawing, "odg", " otg odf odc odb odi ", "odg", " otg odf odc odb odi ",
          "is an OpenDocument file"},
      Row{Kind::book, "epub", " ", "epub", " ", "is an e-book"},
      Row{Kind::java, "jar", " war ear aar xpi ", "jar", " war ear aar xpi ", "is a Java archive"},
      Row{Kind::android, "apk", " aab xapk ", "apk", " aab xapk ", "is an Android application"},
  };
  static_assert(kRows.size() == static_cast<std::size_t>(Kind::android) + 1);
  return kRows[static_cast<std::size_t>(kind_)];
}

void ZipKind::take(const Member& member) {
  const std::string_view name = member.name;
  const auto below = [&](std::string_view folder) { return starts_with_nocase(name, folder); };
  const auto is = [&](Kind kind) {
    if (kind_ == Kind::zip || kind_ == Kind::java) kind_ = kind;
  };
  if (equal_nocase(name, "[Content_Types].xml")) office_ = true;
  if (below("word/document")) is(Kind::word);
  if (below("xl/workbook")) is(Kind::excel);
  if (below("ppt/presentation")) is(Kind::powerpoint);
  if (below("visio/document")) is(Kind::visio);
  if (name == "AndroidManifest.xml") is(Kind::android);
  if (equal_nocase(name, "META-INF/MANIFEST.MF") && kind_ == Kind::zip) kind_ = Kind::java;
  if (name == "mimetype") {
    const std::string_view type = member.packed.substr(0, 80);
    const auto says = [&](std::string_view word) { return type.find(word) != type.npos; };
    if (says("opendocument.text"))
      is(Kind::text);
    else if (says("opendocument.spreadsheet"))
      is(Kind::sheet);
    else if (says("opendocument.presentation"))
      is(Kind::slides);
    else if (says("opendocument."))
      is(Kind::drawing);
    else if (says("epub+zip"))
      is(Kind::book);
  }
  const std::string_view file = name.substr(name.find_last_of("/\\") + 1);
  const bool basic =
      below("Basic/") && file.ends_with(".xml") && file != "script-lc.xml" && file != "script-lb.xml";
  const bool script = below("Scripts/") && !file.empty();
  if (equal_nocase(file, "vbaProject.bin") || below("xl/macrosheets/") || basic || script) macros_ = true;
}

bool ZipKind::is_document() const {
  const bool microsoft = kind_ >= Kind::word && kind_ <= Kind::visio;
  return microsoft ? office_ : kind_ >= Kind::text && kind_ <= Kind::book;
}

std::string_view ZipKind::extension() const {
  if (kind_ <= Kind::book && !is_document()) return "zip";
  return macros_ ? row().with_macros : row().extension;
}

std::string_view ZipKind::also() const {
  if (kind_ <= Kind::book && !is_document()) return {};
  return macros_ ? row().macro_also : row().also;
}

std::string_view ZipKind::words() const {
  return kind_ <= Kind::book && !is_document() ? "is a zip archive" : row().words;
}

bool ZipKind::is_inner(std::string_view extension) {
  constexpr std::string_view kInner =
      " xml rels vml bin png jpg jpeg jpe gif bmp tif tiff emf wmf emz wmz wdp svg ico fntdata odttf ttf otf "
      "woff woff2"
      " mp3 mp4 wav ole ncx opf css html htm xhtml rdf thmx psmdcp sigs dat glb ink xsd txt gz ";
  std::string word = " ";
  word += extension;
  word += ' ';
  return kInner.find(word) != kInner.npos;
}

}  // namespace filters::attachments
