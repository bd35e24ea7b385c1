# Installation, and the package EOQ: find_package(EOQ) gives EOQ::EOQIR and all
# other libraries, from an installed tree or from the build tree.
include(CMakePackageConfigHelpers)

get_property(EOQ_PACKAGE_LIBRARIES GLOBAL PROPERTY EOQ_LIBRARIES)
foreach(library ${EOQ_PACKAGE_LIBRARIES})
  # What our own build has from include_directories.
  target_include_directories(${library} INTERFACE
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include;${PROJECT_BINARY_DIR}/include>"
    $<INSTALL_INTERFACE:include>)
endforeach()

install(TARGETS ${EOQ_PACKAGE_LIBRARIES} EOQRuntime EOQTrainer
  EXPORT EOQTargets ARCHIVE DESTINATION lib/eoq)
install(TARGETS eoq-opt RUNTIME DESTINATION bin)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/eoq" DESTINATION include
  FILES_MATCHING PATTERN "*.h" PATTERN "*.td")
install(DIRECTORY "${PROJECT_BINARY_DIR}/include/eoq" DESTINATION include
  FILES_MATCHING PATTERN "*.inc"
  PATTERN "CMakeFiles" EXCLUDE)

set(package_dir lib/cmake/EOQ)
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/EOQConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/EOQConfig.cmake" INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file("${PROJECT_BINARY_DIR}/EOQConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/EOQConfig.cmake"
  "${PROJECT_BINARY_DIR}/EOQConfigVersion.cmake" DESTINATION ${package_dir})
install(EXPORT EOQTargets NAMESPACE EOQ:: DESTINATION ${package_dir})
export(EXPORT EOQTargets NAMESPACE EOQ:: FILE "${PROJECT_BINARY_DIR}/EOQTargets.cmake")
