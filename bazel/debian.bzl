# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The s2-cpp authors

"""Debian's packages under the labels that their Bazel builds have, so that nothing is downloaded."""

_LIBRARY = """
cc_library(
    name = "{name}",
    linkopts = {linkopts},
    visibility = ["//visibility:public"],
)
"""

_PROGRAM = """
sh_binary(
    name = "{name}",
    srcs = ["{name}.sh"],
    visibility = ["//visibility:public"],
)
"""

_PROTOS = """
filegroup(
    name = "{name}",
    srcs = glob(["protos/google/protobuf/*.proto"]),
    visibility = ["//visibility:public"],
)
"""

def _linkopts(ctx, words):
    flags = [word for word in words.split(" ") if word.startswith("-")]
    modules = [word for word in words.split(" ") if word and not word.startswith("-")]
    if not modules:
        return flags
    result = ctx.execute(["pkg-config", "--libs"] + modules)
    if result.return_code != 0:
        fail("pkg-config %s: %s" % (modules, result.stderr))
    return flags + [flag for flag in result.stdout.strip().split(" ") if flag]

def _add(build_files, label, template, **kwargs):
    package, _, name = label.rpartition(":")
    path = package + "/BUILD.bazel" if package else "BUILD.bazel"
    build_files[path] = build_files.get(path, "") + template.format(name = name, **kwargs)

def _debian_repository_impl(ctx):
    build_files = {}
    for label, words in ctx.attr.libraries.items():
        _add(build_files, label, _LIBRARY, linkopts = _linkopts(ctx, words))
    for label, program in ctx.attr.programs.items():
        _add(build_files, label, _PROGRAM)
        script = label.lstrip(":").replace(":", "/") + ".sh"
        ctx.file(script, "#!/bin/sh\nexec %s \"$@\"\n" % program)
    for label, folder in ctx.attr.protos.items():
        _add(build_files, label, _PROTOS)
        ctx.symlink(folder + "/google/protobuf", "protos/google/protobuf")
    for path, content in build_files.items():
        ctx.file(path, content)

_debian_repository = repository_rule(
    implementation = _debian_repository_impl,
    attrs = {
        "libraries": attr.string_dict(doc = "PACKAGE:TARGET to flags and pkg-config's modules"),
        "programs": attr.string_dict(doc = "PACKAGE:TARGET to a program"),
        "protos": attr.string_dict(doc = ":TARGET to the folder that holds google/protobuf"),
    },
)

# Debian's rules_cc, for its older Bazel, which has no use_cpp_toolchain.
def _debian_rules_cc_impl(ctx):
    script = """
cp -r /usr/share/bazel/rules/cc/. .
sed -i -e 's/, "use_cpp_toolchain")/)/' -e '/toolchains = use_cpp_toolchain()/d' \
    cc/private/rules_impl/*.bzl
"""
    result = ctx.execute(["sh", "-e", "-c", script])
    if result.return_code != 0:
        fail("rules_cc: " + result.stderr)

_debian_rules_cc = repository_rule(implementation = _debian_rules_cc_impl)

def debian_repositories():
    _debian_rules_cc(name = "rules_cc")
    native.local_repository(name = "rules_java", path = "/usr/share/bazel/rules/java")
    _debian_repository(
        name = "remote_coverage_tools",  # each test asks for them; there are none
        programs = {":coverage_report_generator": "false", ":lcov_merger": "false"},
    )
    _debian_repository(
        name = "com_google_absl",
        libraries = {
            "absl/algorithm:container": "absl_algorithm_container",
            "absl/base:core_headers": "absl_core_headers",
            "absl/container:flat_hash_map": "absl_flat_hash_map",
            "absl/container:flat_hash_set": "absl_flat_hash_set",
            "absl/container:inlined_vector": "absl_inlined_vector",
            "absl/functional:any_invocable": "absl_any_invocable",
            "absl/functional:function_ref": "absl_function_ref",
            "absl/random:random": "absl_random_random",
            "absl/status:status": "absl_status",
            "absl/status:statusor": "absl_statusor",
            "absl/strings:cord": "absl_cord",
            "absl/strings:str_format": "absl_str_format",
            "absl/strings:strings": "absl_strings",
            "absl/synchronization:synchronization": "absl_synchronization",
            "absl/time:time": "absl_time",
            "absl/types:span": "absl_span",
        },
    )
    _debian_repository(
        name = "com_google_protobuf",
        libraries = {":protobuf": "protobuf"},
        programs = {":protoc": "/usr/bin/protoc"},
        protos = {":well_known_type_protos": "/usr/include"},
    )
    _debian_repository(
        name = "com_github_grpc_grpc",
        libraries = {
            ":grpc++": "grpc++ protobuf",
            ":grpc++_reflection": "-lgrpc++_reflection grpc++ protobuf",
        },
        programs = {"src/compiler:grpc_cpp_plugin": "/usr/bin/grpc_cpp_plugin"},
    )
    _debian_repository(
        name = "com_google_googletest",
        libraries = {":gtest": "gmock gtest", ":gtest_main": "gmock_main"},
    )
    _debian_repository(name = "asio", libraries = {":asio": ""})
    _debian_repository(name = "boringssl", libraries = {":ssl": "openssl"})
    _debian_repository(name = "nghttp2", libraries = {":nghttp2": "libnghttp2"})
    _debian_repository(name = "nlohmann_json", libraries = {":json": ""})
    _debian_repository(
        name = "com_github_jupp0r_prometheus_cpp",
        libraries = {"pull:pull": "prometheus-cpp-pull"},
    )
    _debian_repository(name = "zlib", libraries = {":zlib": "zlib"})
    _debian_repository(name = "zstd", libraries = {":zstd": "libzstd"})
