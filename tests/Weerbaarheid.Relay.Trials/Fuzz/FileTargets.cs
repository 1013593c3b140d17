using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Weerbaarheid.Relay.Commands;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Courier;
using Weerbaarheid.Relay.Keys;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation;
using Weerbaarheid.Relay.Tests.Architecture;
using Weerbaarheid.Relay.Wire.Tests;
using static Weerbaarheid.Relay.Trials.Fuzz.FuzzTargets;

namespace Weerbaarheid.Relay.Trials.Fuzz;

/// <summary>Files that people write: a mistake in one is told, and never more than that.</summary>
internal static partial class FileTargets
{
    private static readonly Site Point = new(11, "Leek", Role.Noodsteunpunt, "groningen");
    private static readonly Site Centre = new(1, "Meldkamer", Role.Meldkamer, "groningen");
    private static readonly Dictionary<string, string> NoEnvironment = [];

    private static readonly byte[][] Words =
    [
        .. new[]
        {
            "\"links\":[", "\"type\":\"mqtt\"", "\"type\":\"rnode\"", "\"type\":\"kiss\"", "\"peers\":[", "\"site\":{", "\"uri\":", "\"epoch\":", "\"region\":", "\"siteKey\":", "\"events\":[", "\"at\":\"", "\"sites\":[", "null", "{", "}", "[", "]", "//", "/*", "\uFEFF",
            "\"\\ud800\"", "\"off\"", ":0\"", "mqtt://", "::", "../",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    [ThreadStatic]
    private static string? _file;

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("scenario", Scenario, () => Samples("*.scenario.json")) { Share = 8, Words = Words, Longest = 8_192, MostAllocated = 64 << 20 },
        new("config", Configuration, () => [.. Samples("*.json").Where(one => !one.AsSpan().StartsWith("// 72"u8))]) { Share = 2, Words = Words, MostAllocated = 4 << 20 },
        new("keyfile", KeyFileTarget, KeyFiles) { Share = 4, Words = Words, MostAllocated = 4 << 20 },
        new("courier", CourierTarget, () => [CourierFile.Write([]), CourierFile.Write([new byte[11], new byte[60]]), Encoding.ASCII.GetBytes(CourierText.ToQr(new byte[70]))]) { Share = 8, Words = [Encoding.ASCII.GetBytes(CourierText.QrMark)], MostAllocated = 4 << 20 },
    ];

    // A file in memory where the system has such a place: a disk would make it the slowest of all.
    private static string FileName => _file ??= Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"relay-fuzz-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}");

    private static bool Scenario(ReadOnlySpan<byte> input)
    {
        var scenario = ScenarioReader.Read(input.ToArray(), out var errors);
        Require(scenario is null == (errors.Count > 0), "a verdict without its reason");
        Require(errors.All(error => error.Length > 0), "an error that says nothing");
        return scenario is not null;
    }

    private static bool Configuration(ReadOnlySpan<byte> input)
    {
        Write(input);
        try
        {
            var result = ConfigurationLoader.Load(new ConfigurationRequest(FileName, "/var/lib/x", [], NoEnvironment));
            Require(result.Configuration is null == (result.Errors.Count > 0), "a verdict without its reason");
            Require(result.Errors.All(error => error.Problem.Length > 0 && error.Remedy.Length > 0), "an error without a remedy");
            return result.Configuration is not null;
        }
        finally
        {
            File.Delete(FileName);
        }
    }

    /// <summary>The first byte says whose keys they should be. No error repeats what could be a key.</summary>
    private static bool KeyFileTarget(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return false;
        Write(input[1..]);
        try
        {
            var (ring, errors) = Keys.KeyFiles.Read(FileName, input[0] == 0 ? Point : Centre);
            using (ring)
            {
                Require(ring is null == (errors.Count > 0), "a verdict without its reason");
                foreach (var error in errors)
                {
                    Require(error.Problem.Length > 0 && error.Remedy.Length > 0, "an error without a remedy");
                    Require(!LooksLikeKey().IsMatch(error.Problem + error.Remedy + error.Key), $"an error that shows a key: {error}");
                }

                return ring is not null;
            }
        }
        finally
        {
            File.Delete(FileName);
        }
    }

    /// <summary>A file, or the text of QR codes: what is found in it is within it, and a whole file comes back the same.</summary>
    private static bool CourierTarget(ReadOnlySpan<byte> input)
    {
        var contents = CourierFile.Read(CourierText.FromQr(Encoding.Latin1.GetString(input)) ?? input.ToArray());
        Require(contents.Frames.All(frame => frame.Length is >= 11 and <= CourierFrames.MaxFrame), "a frame of a length that none has");
        if (contents.State != CourierFileState.Whole) return false;
        var again = CourierFile.Read(CourierFile.Write(contents.Frames));
        Require(again.State == CourierFileState.Whole && again.Frames.Zip(contents.Frames).All(pair => pair.First.Span.SequenceEqual(pair.Second.Span)), "a file that does not come back");
        return true;
    }

    private static void Write(ReadOnlySpan<byte> bytes)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(FileName, options);
        stream.Write(bytes);
    }

    private static IReadOnlyList<byte[]> Samples(string pattern) => [.. Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "samples"), pattern).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    private static IReadOnlyList<byte[]> KeyFiles()
    {
        using var authority = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // Always the same key, so that an input stays the same.
        authority.ImportParameters(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = SHA256.HashData("fuzz"u8) });
        var region = Convert.ToHexStringLower(SHA256.HashData("region"u8));
        var (open, secret) = (authority.ExportSubjectPublicKeyInfoPem().ReplaceLineEndings("\\n"), authority.ExportPkcs8PrivateKeyPem().ReplaceLineEndings("\\n"));
        return
        [
            [1, .. Encoding.ASCII.GetBytes($$"""{ "epoch": 1, "region": "{{region}}", "authority": "{{secret}}" }""")],
            [1, .. Encoding.ASCII.GetBytes($$"""{ "epoch": 15, "region": "{{region}}" }""")],
            [0, .. Encoding.ASCII.GetBytes($$"""{ "epoch": 0, "site": 11, "siteKey": "{{region}}", "networkKey": "{{region}}", "authority": "{{open}}" }""")],
        ];
    }

    [GeneratedRegex("[0-9a-fA-F]{12,}")]
    private static partial Regex LooksLikeKey();
}
