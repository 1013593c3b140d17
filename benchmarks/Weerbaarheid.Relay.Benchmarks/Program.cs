using BenchmarkDotNet.Running;
using Weerbaarheid.Relay.Benchmarks;
using Weerbaarheid.Relay.Benchmarks.Mqtt;
using Weerbaarheid.Relay.Benchmarks.Radio;
using Weerbaarheid.Relay.Benchmarks.Reporting;

// Words of our own; everything else is BenchmarkDotNet's, as --filter '*Encode*'.
return args switch
{
    ["quick"] => ReportRun.Make(ReportRun.Quick),
    ["full"] => ReportRun.Make(ReportRun.Full),
    ["bars"] => ReportRun.Bars(),
    ["sizes"] => ReportRun.Sizes(),
    ["radio"] => await RadioRun.MakeAsync(),
    ["mqtt"] => MqttRun.Make(intake: true, relay: true),
    ["mqtt", "intake"] => MqttRun.Make(intake: true, relay: false),
    ["mqtt", "relay"] => MqttRun.Make(intake: false, relay: true),
    _ => BenchmarkSwitcher.FromAssembly(typeof(OutboxBenchmark).Assembly).Run(args).Any(summary => summary.HasCriticalValidationErrors) ? 1 : 0,
};
