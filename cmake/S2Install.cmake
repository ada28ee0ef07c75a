# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The s2-cpp authors

# What `cmake --install` puts into a prefix, which may be moved afterwards: libraries, public headers, the generated ones
# among them, the .proto files, find_package(s2-sdk) and pkg-config's files.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/s2-sdk)
set(libraries proto rpc wire retry record session client message server endpoint emulator gateway connect)
if(TARGET s2_sdk_testing)
  list(APPEND libraries testing)
endif()
list(TRANSFORM libraries PREPEND s2_sdk_ OUTPUT_VARIABLE targets)

foreach(library IN LISTS libraries)
  set_target_properties(s2_sdk_${library} PROPERTIES EXPORT_NAME ${library} INSTALL_RPATH $ORIGIN)
  target_include_directories(s2_sdk_${library} INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
endforeach()

install(TARGETS ${targets} EXPORT s2-sdkTargets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
if(S2_BUILD_PROGRAMS)
  set_target_properties(s2-emulator s2-gateway PROPERTIES INSTALL_RPATH $ORIGIN/../${CMAKE_INSTALL_LIBDIR})
  install(TARGETS s2-emulator s2-gateway RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(EXPORT s2-sdkTargets NAMESPACE s2-sdk:: DESTINATION ${package_dir})

foreach(room client connect emulator endpoint gateway message record retry session testing wire)
  if(TARGET s2_sdk_${room})
    install(DIRECTORY ${room}/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/s2/${room}
            FILES_MATCHING PATTERN *.h PATTERN internal EXCLUDE)
  endif()
endforeach()
install(DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/proto/s2 DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN *.h
        PATTERN CMakeFiles EXCLUDE)
install(DIRECTORY proto/s2 DESTINATION ${CMAKE_INSTALL_DATADIR}/s2-sdk/proto FILES_MATCHING PATTERN *.proto)

configure_package_config_file(cmake/s2-sdkConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/s2-sdkConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/s2-sdkConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/s2-sdkConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/s2-sdkConfigVersion.cmake
        DESTINATION ${package_dir})

# s2_pkgconfig(NAME REQUIRES... LIBRARIES...): the file s2-sdk-NAME.pc, which finds the prefix from where it lies itself.
function(s2_pkgconfig name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "REQUIRES;LIBRARIES")
  list(JOIN arg_REQUIRES " " requires)
  list(TRANSFORM arg_LIBRARIES PREPEND -ls2_sdk_)
  list(JOIN arg_LIBRARIES " " libs)
  file(RELATIVE_PATH prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
  configure_file(cmake/s2-sdk.pc.in s2-sdk-${name}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/s2-sdk-${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()

s2_pkgconfig(
  client
  REQUIRES grpc++ protobuf absl_any_invocable absl_cord absl_inlined_vector absl_random_random absl_span absl_status
           absl_statusor absl_str_format absl_strings absl_synchronization absl_time
  LIBRARIES client session record retry wire rpc proto)
s2_pkgconfig(
  connect
  REQUIRES s2-sdk-client absl_algorithm_container absl_flat_hash_map absl_flat_hash_set absl_function_ref libnghttp2 libzstd
           openssl zlib
  LIBRARIES connect emulator gateway endpoint server)
s2_pkgconfig(message REQUIRES s2-sdk-client LIBRARIES message)
if(TARGET s2_sdk_testing)
  s2_pkgconfig(testing REQUIRES s2-sdk-client gmock LIBRARIES testing)
endif()
