namespace Weerbaarheid.Relay.Benchmarks.Reporting;

/// <summary>One bar of a chart.</summary>
/// <param name="Name">At its left.</param>
/// <param name="Value">Its length.</param>
/// <param name="Label">At its end.</param>
/// <param name="Ours">Whether it is ours, and so in the colour that is looked at.</param>
internal sealed record Bar(string Name, double Value, string Label, bool Ours);

/// <summary>One panel of a chart.</summary>
/// <param name="Title">What is compared.</param>
/// <param name="Remark">The unit, and which way is better.</param>
/// <param name="Mark">Where a line is drawn: the peer everything is compared with; null for none.</param>
/// <param name="Bars">From top to bottom.</param>
internal sealed record Panel(string Title, string Remark, double? Mark, IReadOnlyList<Bar> Bars);
