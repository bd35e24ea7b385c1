# Finds LLVM and MLIR 19.1, and says which packages are missing.
if(NOT DEFINED LLVM_PREFIX)
  find_program(LLVM_CONFIG NAMES llvm-config-19)
  if(NOT LLVM_CONFIG)
    message(FATAL_ERROR
      "EOQ needs LLVM and MLIR 19.1: llvm-config-19 is not on the path. "
      "On Debian 12: run tools/setup.sh, or apt install libmlir-19-dev mlir-19-tools llvm-19-dev")
  endif()
  execute_process(COMMAND ${LLVM_CONFIG} --prefix OUTPUT_VARIABLE LLVM_PREFIX
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
endif()
find_package(MLIR CONFIG QUIET HINTS "${LLVM_PREFIX}/lib/cmake/mlir" NO_DEFAULT_PATH)
if(NOT MLIR_FOUND)
  message(FATAL_ERROR
    "EOQ found LLVM at ${LLVM_PREFIX}, but no MLIR there. "
    "On Debian 12: apt install libmlir-19-dev mlir-19-tools")
endif()
if(NOT LLVM_VERSION VERSION_GREATER_EQUAL 19.1 OR NOT LLVM_VERSION VERSION_LESS 20)
  message(FATAL_ERROR
    "EOQ needs LLVM and MLIR 19.1, but found ${LLVM_VERSION} at ${LLVM_PREFIX}. "
    "On Debian 12: apt install libmlir-19-dev llvm-19-dev, then configure with "
    "-DLLVM_PREFIX=$(llvm-config-19 --prefix)")
endif()
list(APPEND CMAKE_MODULE_PATH "${MLIR_CMAKE_DIR}" "${LLVM_CMAKE_DIR}")
include(TableGen)
include(AddLLVM)
include(AddMLIR)
# MLIR's packages are built without exceptions, with RTTI.
separate_arguments(LLVM_DEFINITIONS_LIST NATIVE_COMMAND "${LLVM_DEFINITIONS}")
