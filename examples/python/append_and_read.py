# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The s2-cpp authors
"""Appends the lines of stdin to a stream, through s2-gateway, and reads them back:

  append_and_read.py HOST:PORT BASIN STREAM

S2_ROOTS is a file of certificates to trust: with it, over TLS. S2_ACCESS_TOKEN is the token for S2, unless the gateway
has one of its own. docs/gateway.md says how to generate the modules of s2.
"""

import os
import sys
import urllib.parse

import grpc

from s2.rpc.v1 import account_pb2, account_pb2_grpc, basin_pb2, basin_pb2_grpc, stream_pb2, stream_pb2_grpc
from s2.v1 import s2_pb2


def connect(target):
    roots = os.environ.get("S2_ROOTS")
    if not roots:
        return grpc.insecure_channel(target)
    with open(roots, "rb") as file:
        return grpc.secure_channel(target, grpc.ssl_channel_credentials(file.read()))


def append(stub, metadata, lines):
    """Appends each line as a batch of its own; returns the sequence number of the first."""
    inputs = (s2_pb2.AppendInput(records=[s2_pb2.AppendRecord(body=line)]) for line in lines)
    acks = list(stub.AppendSession(inputs, metadata=metadata))  # one for each, once it is durable
    return acks[0].start.seq_num


def read(stub, metadata, seq_num, count):
    request = stream_pb2.ReadRequest(seq_num=seq_num, count=count)
    for batch in stub.ReadSession(request, metadata=metadata):
        yield from batch.records


def main(target, basin, stream):
    token = os.environ.get("S2_ACCESS_TOKEN")
    auth = [("authorization", "Bearer " + token)] if token else []
    in_basin = auth + [("s2-basin", basin)]
    in_stream = in_basin + [("s2-stream", urllib.parse.quote(stream, safe=""))]
    lines = sys.stdin.buffer.read().splitlines()
    if not lines:
        sys.exit("nothing on stdin")
    with connect(target) as channel:
        account = account_pb2_grpc.AccountServiceStub(channel)
        account.EnsureBasin(account_pb2.EnsureBasinRequest(basin=basin), metadata=auth)
        basins = basin_pb2_grpc.BasinServiceStub(channel)
        basins.EnsureStream(basin_pb2.EnsureStreamRequest(stream=stream), metadata=in_basin)
        records = stream_pb2_grpc.StreamServiceStub(channel)
        first = append(records, in_stream, lines)
        for record in read(records, in_stream, first, len(lines)):
            print(record.seq_num, record.body.decode())


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except grpc.RpcError as error:
        sys.exit(f"{error.code().name}: {error.details()}")
