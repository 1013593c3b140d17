using System.Xml.Linq;
using Weerbaarheid.Relay.Simulation;
using Weerbaarheid.Relay.Tests.Architecture;

namespace Weerbaarheid.Relay.Tests.Simulation;

public sealed class SimulationPictureTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void A_drawing_is_whole_shows_what_waited_and_says_how_it_ended()
    {
        var scenario = ScenarioReader.Read(File.ReadAllBytes(Path.Combine(SourceTree.Root, "samples", "kort.scenario.json")), out _)!;
        using var simulator = new Simulator(scenario);
        var result = simulator.Run();
        using var text = new StringWriter();
        SimulationPicture.Write(result, "kort & <goed>", text);
        var drawing = XDocument.Parse(text.ToString());

        Assert.Equal("kort & <goed>", drawing.Root!.Element(Svg + "title")!.Value);
        Assert.Contains(drawing.Descendants(Svg + "text"), one => one.Value.Contains("every promise was kept", StringComparison.Ordinal));
        // One area for each priority that waited, one line for each that arrived and for each link.
        Assert.Equal(4, drawing.Descendants(Svg + "polygon").Count());
        Assert.Equal(4 + scenario.Links.Count(link => result.Air.Any(sample => sample.Link == link.Name)), drawing.Descendants(Svg + "polyline").Count());
        Assert.DoesNotContain(drawing.Descendants(), one => one.Attributes().Any(attribute => attribute.Value.Contains("NaN", StringComparison.Ordinal)));
    }
}
