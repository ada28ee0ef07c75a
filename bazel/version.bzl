# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The s2-cpp authors

"""The version of s2-sdk, which CMakeLists.txt reads here."""

VERSION = "0.1.0"
