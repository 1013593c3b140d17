using System.Diagnostics;

namespace Weerbaarheid.Relay.Wire.Tests.Golden;

/// <summary>The format is proven from the document: a decoder in another language, written from FORMAT.md, reads the same vectors.</summary>
public sealed class IndependentDecoderTests
{
    private const string Python = "/usr/bin/python3";

    [SkippableFact]
    public void A_decoder_in_python_reads_every_golden_vector()
    {
        RequirePython();
        var root = CheckoutRoot();
        var (code, output) = Run(Path.Combine(root, "samples/decoder/decode.py"), "--check", Path.Combine(root, "tests/Weerbaarheid.Relay.Wire.Tests/Golden/vectors.json"));
        Assert.True(code == 0, output);
        Assert.Contains($"{Vectors.Envelopes.Count} envelopes, 0 different", output, StringComparison.Ordinal);
        Assert.Contains($"{Vectors.Frames.Count} frames, 0 different", output, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("\"present\":84", "\"present\":85", "envelopes, 2 different")]
    [InlineData("distance 32", "distance 31", "frames, 1 different")]
    [InlineData("\"frame\": \"4", "\"frame\": \"5", "frames, 2 different")]
    public void The_decoder_in_python_tells_when_a_vector_differs(string original, string altered, string told)
    {
        RequirePython();
        var changed = Path.GetTempFileName();
        try
        {
            File.WriteAllText(changed, Vectors.Resource("vectors.json").Replace(original, altered, StringComparison.Ordinal));
            var (code, output) = Run(Path.Combine(CheckoutRoot(), "samples/decoder/decode.py"), "--check", changed);
            Assert.Equal(1, code);
            Assert.Contains(told, output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(changed);
        }
    }

    private static void RequirePython()
    {
        var present = File.Exists(Python) && Run("-c", "import msgpack, cryptography").Code == 0;
        if (Environment.GetEnvironmentVariable("CI") == "true") Assert.True(present, "python3-msgpack and python3-cryptography must be installed here.");
        Skip.IfNot(present, "Needs Debian's python3-msgpack and python3-cryptography.");
    }

    private static (int Code, string Output) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Python, ["-B", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd() + errors.Result;
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    private static string CheckoutRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Weerbaarheid.Relay.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside a checkout.");
    }
}
