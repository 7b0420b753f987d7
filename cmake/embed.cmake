# Writes OUTPUT, a .cc file with the text of SOURCE as `std::string_view foz::SPACE::NAME()`.
# cmake -DSOURCE=<file> -DOUTPUT=<file> -DSPACE=<room> -DNAME=<function> -DHEADER=<header> -P embed.cmake
file(READ ${SOURCE} text)
file(WRITE ${OUTPUT}.new "// Made from ${SOURCE} by cmake/embed.cmake.
#include \"${HEADER}\"

#pragma GCC diagnostic ignored \"-Woverlength-strings\"  // clang holds a literal to 64 KiB

namespace foz::${SPACE} {

std::string_view ${NAME}() { return R\"embedded(${text})embedded\"; }

}  // namespace foz::${SPACE}
")
file(COPY_FILE ${OUTPUT}.new ${OUTPUT} ONLY_IF_DIFFERENT)
