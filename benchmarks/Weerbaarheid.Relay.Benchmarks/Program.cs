using BenchmarkDotNet.Running;
using Weerbaarheid.Relay.Benchmarks;

BenchmarkSwitcher.FromAssembly(typeof(OutboxBenchmark).Assembly).Run(args);
