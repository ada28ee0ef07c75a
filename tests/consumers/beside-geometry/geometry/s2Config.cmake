# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The s2-cpp authors

add_library(s2 ${CMAKE_CURRENT_LIST_DIR}/s2cell_id.cc)
add_library(s2::s2 ALIAS s2)
target_include_directories(s2 PUBLIC ${CMAKE_CURRENT_LIST_DIR}/include)
target_compile_features(s2 PUBLIC cxx_std_17)
