using Microsoft.Extensions.Logging.Abstractions;
using Weerbaarheid.Relay.Demo;
using Xunit.Abstractions;

namespace Weerbaarheid.Relay.Tests.Demo;

public sealed class DemonstrationTests(ITestOutputHelper output)
{
    [Fact]
    public async Task The_network_is_cut_lora_takes_over_and_nothing_is_lost()
    {
        var story = new List<string>();
        var demo = new Demonstration(TimeProvider.System, NullLoggerFactory.Instance, story.Add, null);

        var whole = await demo.PlayAsync(1, CancellationToken.None);

        story.ForEach(output.WriteLine);
        Assert.True(whole, string.Join('\n', story));
        Assert.Contains(story, line => line.EndsWith("Noodsteunpunt verstuurt nu via lora", StringComparison.Ordinal));
        Assert.EndsWith("40 verstuurd, 40 aangekomen, 40 bevestigd, 0 dubbel, 0 verloren", story[^1]);
    }
}
