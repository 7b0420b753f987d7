# Writes migrations.cc from the .sql files of src/store/migrations, in order of their numbers.
# cmake -DSOURCE=<folder> -DOUTPUT=<file> -P migrations.cmake
file(GLOB files ${SOURCE}/*.sql)
list(SORT files)
set(rows "")
foreach(file ${files})
  get_filename_component(name ${file} NAME_WE)
  string(REGEX MATCH "^[0-9]+" number ${name})
  string(REGEX REPLACE "^0+" "" number ${number})
  file(READ ${file} sql)
  string(APPEND rows "    {${number}, \"${name}\", R\"sql(${sql})sql\"},\n")
endforeach()
file(WRITE ${OUTPUT}.new "// Made from src/store/migrations by cmake/migrations.cmake.
#include \"store/migrations.h\"

namespace foz::store {
namespace {

constexpr Migration kMigrations[] = {
${rows}};

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

}  // namespace foz::store
")
file(COPY_FILE ${OUTPUT}.new ${OUTPUT} ONLY_IF_DIFFERENT)
