module s2-check-history

go 1.19

require (
	github.com/anishathalye/porcupine v1.3.1
	github.com/zeebo/xxh3 v1.0.2
)

require github.com/klauspost/cpuid/v2 v2.0.9 // indirect
