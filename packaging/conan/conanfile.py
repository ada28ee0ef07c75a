# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The s2-cpp authors
"""s2-sdk for Conan 2: conan create packaging/conan -s compiler.cppstd=17 --build=missing."""

import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load
from conan.tools.gnu import PkgConfigDeps

required_conan_version = ">=2.1"


class S2Sdk(ConanFile):
    name = "s2-sdk"
    description = "A client of S2, durable streams, over gRPC, with sessions that survive failures"
    license = "Apache-2.0"
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"shared": [True, False], "fPIC": [True, False], "programs": [True, False], "testing": [True, False]}
    default_options = {"shared": False, "fPIC": True, "programs": False, "testing": True, "grpc/*:cpp_plugin": True}

    @property
    def _tree(self):
        return os.path.join(self.recipe_folder, "..", "..")

    def set_version(self):
        self.version = re.search('^VERSION = "(.*)"', load(self, os.path.join(self._tree, "bazel/version.bzl")), re.M)[1]

    def export_sources(self):
        copy(self, "*", self._tree, self.export_sources_folder, excludes=("build*", ".git*", "tests/*", "packaging/*"))

    def config_options(self):
        if self.settings.os == "Windows":
            del self.options.fPIC

    def configure(self):
        if self.options.shared:
            self.options.rm_safe("fPIC")

    def layout(self):
        cmake_layout(self)

    def validate(self):
        check_min_cppstd(self, 17)

    def requirements(self):
        # In public headers: Abseil and the generated messages and stubs.
        self.requires("grpc/[>=1.54 <2]", transitive_headers=True, transitive_libs=True)
        self.requires("protobuf/[>=3.21 <7]", transitive_headers=True, transitive_libs=True)
        self.requires("abseil/[>=20220623]", transitive_headers=True, transitive_libs=True)
        self.requires("asio/[>=1.24]")
        self.requires("libnghttp2/[>=1.52 <2]")
        self.requires("nlohmann_json/[>=3.11 <4]")
        self.requires("openssl/[>=3 <4]")
        self.requires("zlib/[>=1.2.11 <2]")
        self.requires("zstd/[>=1.5 <2]")
        if self.options.programs:
            self.requires("prometheus-cpp/[>=1.0 <2]")
        if self.options.testing:
            self.requires("gtest/[>=1.12]", transitive_headers=True, transitive_libs=True)

    def build_requirements(self):
        self.tool_requires("grpc/<host_version>")
        self.tool_requires("protobuf/<host_version>")
        self.tool_requires("cmake/[>=3.22]")
        if not self.conf.get("tools.gnu:pkg_config", check_type=str):
            self.tool_requires("pkgconf/[>=2]")

    def generate(self):
        CMakeDeps(self).generate()
        PkgConfigDeps(self).generate()
        toolchain = CMakeToolchain(self)
        for option, value in {
            "S2_BUILD_PROGRAMS": bool(self.options.programs),
            "S2_BUILD_TESTING": bool(self.options.testing),
            "S2_BUILD_TESTS": False,
            "S2_BUILD_EXAMPLES": False,
            "S2_INSTALL": True,
            "S2_PRECOMPILE_HEADERS": False,
        }.items():
            toolchain.cache_variables[option] = value
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        CMake(self).install()

    def package_info(self):
        # The package has its own s2-sdkConfig.cmake, which names what each target needs.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = [os.path.join("lib", "cmake", "s2-sdk")]
