# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The s2-cpp authors

# The tree that this folder lies in. Copied elsewhere, the port needs S2_SDK_SOURCE in the environment: the unpacked tarball
# of a release.
if(DEFINED ENV{S2_SDK_SOURCE})
  set(SOURCE_PATH $ENV{S2_SDK_SOURCE})
else()
  get_filename_component(SOURCE_PATH ${CMAKE_CURRENT_LIST_DIR}/../../.. ABSOLUTE)
endif()

vcpkg_check_features(OUT_FEATURE_OPTIONS options FEATURES programs S2_BUILD_PROGRAMS testing S2_BUILD_TESTING)
vcpkg_find_acquire_program(PKGCONFIG)

vcpkg_cmake_configure(
  SOURCE_PATH ${SOURCE_PATH}
  OPTIONS ${options} -DS2_BUILD_TESTS=OFF -DS2_BUILD_EXAMPLES=OFF -DS2_INSTALL=ON -DS2_PRECOMPILE_HEADERS=OFF
          -DPKG_CONFIG_EXECUTABLE=${PKGCONFIG})
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(PACKAGE_NAME s2-sdk CONFIG_PATH lib/cmake/s2-sdk)
vcpkg_fixup_pkgconfig()
if("programs" IN_LIST FEATURES)
  vcpkg_copy_tools(TOOL_NAMES s2-emulator s2-gateway AUTO_CLEAN)
endif()
file(REMOVE_RECURSE ${CURRENT_PACKAGES_DIR}/debug/include ${CURRENT_PACKAGES_DIR}/debug/share)
vcpkg_install_copyright(FILE_LIST ${SOURCE_PATH}/LICENSE)
