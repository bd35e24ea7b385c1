# The ways to add a library, an executable or a test. One linking mode for all:
# our static libraries, and the shared libMLIR and libLLVM.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # The sloppiness lets ccache work with precompiled headers.
  set(CMAKE_C_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
  set(CMAKE_CXX_COMPILER_LAUNCHER env
    "CCACHE_SLOPPINESS=pch_defines,time_macros" "${CCACHE_PROGRAM}")
endif()

# MLIR's headers take most of the time of a compilation: parse them once.
option(EOQ_PRECOMPILE_HEADERS "Precompile MLIR's headers" ON)

# Code against LLVM and MLIR: definitions, no exceptions (unless EXCEPTIONS, for
# libraries that throw), and hidden inline symbols.
function(eoq_llvm_options target)
  target_compile_definitions(${target} PRIVATE ${LLVM_DEFINITIONS_LIST})
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fvisibility-inlines-hidden>)
endfunction()

# Shares the precompiled MLIR headers (target eoq-pch) with a target. Programs
# are compiled as libraries are, since precompiled headers want one set of flags.
function(eoq_precompile_headers target)
  if(NOT EOQ_PRECOMPILE_HEADERS OR NOT TARGET eoq-pch)
    return()
  endif()
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  target_compile_options(${target} PRIVATE -fPIC
    $<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>)
  target_precompile_headers(${target} REUSE_FROM eoq-pch)
endfunction()

# add_eoq_library(EOQName a.cpp ... [LINK_LIBS lib ...] [DEPENDS target ...])
function(add_eoq_library name)
  cmake_parse_arguments(ARG "" "" "LINK_LIBS;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  eoq_llvm_options(${name})
  add_dependencies(${name} eoq-headers ${ARG_DEPENDS})
  eoq_precompile_headers(${name})
  target_link_libraries(${name} PUBLIC ${ARG_LINK_LIBS} MLIR LLVM)
  set_property(GLOBAL APPEND PROPERTY EOQ_LIBRARIES ${name})
endfunction()

# add_eoq_executable(name a.cpp ... [LINK_LIBS lib ...])
function(add_eoq_executable name)
  cmake_parse_arguments(ARG "" "" "LINK_LIBS" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  eoq_llvm_options(${name})
  add_dependencies(${name} eoq-headers)
  eoq_precompile_headers(${name})
  target_link_libraries(${name} PRIVATE ${ARG_LINK_LIBS} MLIR LLVM)
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin"
    BUILD_RPATH "${LLVM_LIBRARY_DIR}" INSTALL_RPATH "${LLVM_LIBRARY_DIR}")
endfunction()

# add_eoq_unittest(name a.cpp ... [LINK_LIBS lib ...]): a GoogleTest program
# that is also a CTest test.
function(add_eoq_unittest name)
  cmake_parse_arguments(ARG "" "" "LINK_LIBS" ${ARGN})
  find_package(GTest REQUIRED)
  add_eoq_executable(${name} ${ARG_UNPARSED_ARGUMENTS}
    LINK_LIBS ${ARG_LINK_LIBS} GTest::gtest GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
endfunction()

# eoq_tablegen_passes(Prefix): Passes.h.inc from Passes.td, in this folder.
function(eoq_tablegen_passes group)
  set(LLVM_TARGET_DEFINITIONS Passes.td)
  mlir_tablegen(Passes.h.inc -gen-pass-decls -name ${group})
  add_public_tablegen_target(EOQ${group}PassesIncGen)
  add_dependencies(eoq-headers EOQ${group}PassesIncGen)
  set_property(GLOBAL APPEND PROPERTY EOQ_PASS_TDS "${CMAKE_CURRENT_SOURCE_DIR}/Passes.td")
endfunction()
