# A room is a folder of src/: one namespace, one library, one test program of the *_test.cc beside the code.

# foz_room(NAME [NEEDS rooms...] [LIBRARIES targets...])
function(foz_room name)
  cmake_parse_arguments(ARG "" "" "NEEDS;LIBRARIES" ${ARGN})
  file(GLOB_RECURSE all CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cc)
  set(tests ${all})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  set(sources ${all})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$|/main\\.cc$")
  list(TRANSFORM ARG_NEEDS PREPEND foz_)
  if(NOT sources)  # an empty room hands on what it needs
    add_library(foz_${name} INTERFACE)
    target_link_libraries(foz_${name} INTERFACE ${ARG_NEEDS})
    return()
  endif()
  add_library(foz_${name} STATIC ${sources})
  target_include_directories(foz_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_include_directories(foz_${name} PRIVATE ${PROJECT_BINARY_DIR}/generated)
  target_link_libraries(foz_${name} PUBLIC ${ARG_NEEDS} PRIVATE ${ARG_LIBRARIES} PUBLIC Threads::Threads)
  if(tests)
    foz_test(foz_${name}_test ${tests})
    target_link_libraries(foz_${name}_test PRIVATE foz_${name} ${ARG_LIBRARIES})
  endif()
endfunction()

# foz_test(NAME sources...): a GoogleTest program, run by ctest and `make test`.
function(foz_test name)
  add_executable(${name} ${ARGN})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR})
  target_compile_definitions(${name} PRIVATE FOZ_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=1 WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
endfunction()

# foz_program(NAME MAIN LIBRARIES...): an executable from MAIN.cc.
function(foz_program name main)
  if(NOT EXISTS ${PROJECT_SOURCE_DIR}/${main}.cc)
    return()
  endif()
  add_executable(${name} ${PROJECT_SOURCE_DIR}/${main}.cc)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${name} PRIVATE ${ARGN})
  target_compile_definitions(${name} PRIVATE FOZ_VERSION="${PROJECT_VERSION}")
endfunction()

# foz_migrations(TARGET): compiles src/store/migrations/*.sql into TARGET.
function(foz_migrations target)
  set(folder ${PROJECT_SOURCE_DIR}/src/store/migrations)
  file(GLOB files CONFIGURE_DEPENDS ${folder}/*.sql)
  set(output ${PROJECT_BINARY_DIR}/generated/migrations.cc)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DSOURCE=${folder} -DOUTPUT=${output} -P ${PROJECT_SOURCE_DIR}/cmake/migrations.cmake
    DEPENDS ${files} ${PROJECT_SOURCE_DIR}/cmake/migrations.cmake)
  target_sources(${target} PRIVATE ${output})
endfunction()

# foz_embed(TARGET FILE HEADER SPACE NAME): the text of FILE inside TARGET, as the function that HEADER declares.
function(foz_embed target file header space name)
  if(NOT EXISTS ${file})
    message(FATAL_ERROR "${file} is not there yet: run scripts/setup first")
  endif()
  set(output ${PROJECT_BINARY_DIR}/generated/${name}.cc)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DSOURCE=${file} -DOUTPUT=${output} -DHEADER=${header} -DSPACE=${space} -DNAME=${name}
            -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${file} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake)
  target_sources(${target} PRIVATE ${output})
endfunction()
