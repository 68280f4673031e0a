#include "filters/attachments/type_extension.h"

namespace filters::attachments {

std::string_view type_extension(std::string_view type) {
  static constexpr struct {
    std::string_view type;
    std::string_view extension;
  } kTypes[] = {
      {"text/html", "html"},
      {"text/plain", "txt"},
      {"text/calendar", "ics"},
      {"text/csv", "csv"},
      {"text/rtf", "rtf"},
      {"text/javascript", "js"},
      {"text/vbscript", "vbs"},
      {"text/x-vcard", "vcf"},
      {"text/vcard", "vcf"},
      {"text/xml", "xml"},
      {"application/xml", "xml"},
      {"application/pdf", "pdf"},
      {"application/rtf", "rtf"},
      {"application/hta", "hta"},
      {"application/javascript", "js"},
      {"application/x-javascript", "js"},
      {"application/x-vbscript", "vbs"},
      {"application/x-sh", "sh"},
      {"application/x-msdownload", "exe"},
      {"application/x-msdos-program", "exe"},
      {"application/x-dosexec", "exe"},
      {"application/x-executable", "exe"},
      {"application/vnd.microsoft.portable-executable", "exe"},
      {"application/x-ms-shortcut", "lnk"},
      {"application/x-msi", "msi"},
      {"application/java-archive", "jar"},
      {"application/vnd.android.package-archive", "apk"},
      {"application/msword", "doc"},
      {"application/vnd.ms-excel", "xls"},
      {"application/vnd.ms-powerpoint", "ppt"},
      {"application/vnd.ms-word.document.macroenabled.12", "docm"},
      {"application/vnd.ms-excel.sheet.macroenabled.12", "xlsm"},
      {"application/vnd.ms-powerpoint.presentation.macroenabled.12", "pptm"},
      {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"},
      {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"},
      {"application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"},
      {"application/vnd.oasis.opendocument.text", "odt"},
      {"application/vnd.oasis.opendocument.spreadsheet", "ods"},
      {"application/onenote", "one"},
      {"application/zip", "zip"},
      {"application/x-zip-compressed", "zip"},
      {"application/x-rar-compressed", "rar"},
      {"application/vnd.rar", "rar"},
      {"application/x-7z-compressed", "7z"},
      {"application/gzip", "gz"},
      {"application/x-gzip", "gz"},
      {"application/x-tar", "tar"},
      {"application/vnd.ms-cab-compressed", "cab"},
      {"application/x-iso9660-image", "iso"},
      {"application/pkcs7-mime", "p7m"},
      {"application/x-pkcs7-mime", "p7m"},
      {"application/ms-tnef", "dat"},
      {"application/vnd.ms-tnef", "dat"},
      {"image/svg+xml", "svg"},
  };
  for (const auto& row : kTypes)
    if (row.type == type) return row.extension;
  return {};
}

}  // namespace filters::attachments
