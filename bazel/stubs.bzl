# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The s2-cpp authors

"""Code that protoc generates from .proto files."""

load("@rules_cc//cc:defs.bzl", "cc_library")

def _generated_impl(ctx):
    well_known = ctx.files._well_known
    root = well_known[0].path.split("/google/protobuf/")[0]
    here = "/".join([part for part in [ctx.label.workspace_root, ctx.label.package] if part])
    out = "/".join([part for part in [ctx.bin_dir.path, here] if part])
    tools = []
    flags = ["--cpp_out=" + out]
    if ctx.attr.services:
        tools.append(ctx.executable._plugin)
        flags = [
            "--grpc_out=generate_mock_code=true:" + out,
            "--plugin=protoc-gen-grpc=" + ctx.executable._plugin.path,
        ]
    headers = []
    sources = []
    for src in ctx.files.srcs:
        stem = src.path[len(here) + 1:-len(".proto")]
        outs = [ctx.actions.declare_file(stem + suffix) for suffix in ctx.attr.suffixes]
        headers += [file for file in outs if file.extension == "h"]
        sources += [file for file in outs if file.extension == "cc"]
        ctx.actions.run(
            executable = ctx.executable._protoc,
            arguments = ["--proto_path=" + here, "--proto_path=" + root] + flags + [src.path],
            inputs = ctx.files.srcs + ctx.files.imports + well_known,
            tools = tools,
            outputs = outs,
            mnemonic = "S2Protoc",
        )
    return [
        DefaultInfo(files = depset(headers + sources)),
        OutputGroupInfo(headers = depset(headers), sources = depset(sources)),
    ]

_generated = rule(
    implementation = _generated_impl,
    attrs = {
        "srcs": attr.label_list(allow_files = [".proto"], mandatory = True),
        "imports": attr.label_list(allow_files = [".proto"]),
        "services": attr.bool(),
        "suffixes": attr.string_list(mandatory = True),
        "_protoc": attr.label(
            default = "@com_google_protobuf//:protoc",
            executable = True,
            cfg = "exec",
        ),
        "_plugin": attr.label(
            default = "@com_github_grpc_grpc//src/compiler:grpc_cpp_plugin",
            executable = True,
            cfg = "exec",
        ),
        "_well_known": attr.label(default = "@com_google_protobuf//:well_known_type_protos"),
    },
)

def _stubs(name, protos, imports, services, suffixes, deps):
    _generated(
        name = name + "_generated",
        srcs = protos,
        imports = imports,
        services = services,
        suffixes = suffixes,
    )
    for group in ["headers", "sources"]:
        native.filegroup(
            name = name + "_" + group,
            srcs = [name + "_generated"],
            output_group = group,
        )
    cc_library(
        name = name,
        srcs = [name + "_sources"],
        hdrs = [name + "_headers"],
        includes = ["."],
        visibility = ["//visibility:public"],
        deps = deps,
    )

def messages(name, protos):
    _stubs(
        name,
        protos,
        imports = [],
        services = False,
        suffixes = [".pb.h", ".pb.cc"],
        deps = ["@com_google_protobuf//:protobuf"],
    )

def services(name, protos, imports, deps):
    """gRPC stubs of services, and their mocks."""
    _stubs(
        name,
        protos,
        imports = imports,
        services = True,
        suffixes = [".grpc.pb.h", "_mock.grpc.pb.h", ".grpc.pb.cc"],
        deps = deps + ["@com_github_grpc_grpc//:grpc++"],
    )
