namespace Weerbaarheid.Relay.Tests.Configuration;

/// <summary><c>telemetry</c> and <c>retention</c>: off unless somebody asks, and errors like all others.</summary>
public sealed class ObservingSettingsTests : IDisposable
{
    private const string Site = """ "site": { "id": 11, "role": "noodsteunpunt" } """;
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void By_default_nothing_leaves_and_retention_is_what_the_store_allows()
    {
        var configuration = _folder.Right($"{{ {Site} }}");
        Assert.Null(configuration.Otlp);
        Assert.Equal((null, 200_000), (configuration.RetentionDays, configuration.RetentionRecords));
        Assert.Null(_folder.Right($$"""{ {{Site}}, "telemetry": { "otlp": "off" } }""").Otlp);
    }

    [Fact]
    public void What_is_asked_is_taken()
    {
        var configuration = _folder.Right($$"""{ {{Site}}, "telemetry": { "otlp": "https://meten.example.nl:4318" }, "retention": { "days": 30, "records": 5000 } }""");
        Assert.Equal(new Uri("https://meten.example.nl:4318"), configuration.Otlp);
        Assert.Equal((30, 5_000), (configuration.RetentionDays, configuration.RetentionRecords));
    }

    [Theory]
    [InlineData("\"telemetry\": { \"otlp\": \"127.0.0.1:4318\" }", "telemetry.otlp: '127.0.0.1:4318' is not the address of a collector")]
    [InlineData("\"telemetry\": { \"otlp\": \"http://naam:geheim@meten.nl\" }", "telemetry.otlp: ")]
    [InlineData("\"telemetry\": { \"oltp\": \"http://x\" }", "telemetry.oltp: unknown key; did you mean 'telemetry.otlp'?")]
    [InlineData("\"retention\": { \"days\": 6 }", "retention.days: 6 is out of range; write a whole number from 7 to 3650")]
    [InlineData("\"retention\": { \"records\": 10 }", "retention.records: 10 is out of range")]
    public void What_is_wrong_is_said(string part, string said) =>
        Assert.Contains(_folder.Wrong($"{{ {Site}, {part} }}"), error => error.ToString()!.Contains(said, StringComparison.Ordinal));
}
