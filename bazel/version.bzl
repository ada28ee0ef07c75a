# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The s2-cpp authors

"""The version that CMakeLists.txt tells."""

VERSION = "0.1.0"
