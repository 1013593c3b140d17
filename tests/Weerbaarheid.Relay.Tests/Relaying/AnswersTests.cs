using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Relaying;

public sealed class AnswersTests
{
    private static readonly TimeSpan Now = TimeSpan.FromSeconds(100);
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(104);

    [Fact]
    public void Nothing_is_due_when_nothing_waits() => Assert.Null(new Answers().DueAt);

    [Fact]
    public void On_a_narrow_link_they_wait_for_the_end_of_the_burst_or_the_time_that_is_up()
    {
        var answers = new Answers();
        answers.Add(Name(1), Held, isNarrow: true);
        answers.Add(Name(2), Held + TimeSpan.FromSeconds(2), isNarrow: true);
        Assert.Equal(Held, answers.DueAt);
        answers.Hurry(Now);
        Assert.Equal(Now, answers.DueAt);
        answers.Hurry(Now + TimeSpan.FromSeconds(1));
        Assert.Equal(Now, answers.DueAt);
        answers.Clear();
        Assert.Null(answers.DueAt);
        answers.Hurry(Now);
        Assert.Null(answers.DueAt);
        Assert.Empty(answers.Waiting);
    }

    [Fact]
    public void An_answer_that_is_due_now_is_not_put_off_by_one_that_may_wait()
    {
        var answers = new Answers();
        answers.AddParts(7, Now);
        answers.Add(Name(1), Held, isNarrow: true);
        Assert.Equal(Now, answers.DueAt);
        Assert.Equal([(ushort)7], answers.Parts);
    }

    [Fact]
    public void Who_repeats_what_was_told_is_told_everything_of_late_again()
    {
        var answers = new Answers();
        Told(answers, 1, 5);
        answers.Add(Name(3), Held, isNarrow: true);
        Assert.Equal([1u, 2u, 3u, 4u, 5u], answers.Waiting.Select(name => name.SequenceLow).Order());
        answers.Clear();
        // What is new needs no more than itself.
        answers.Add(Name(6), Held, isNarrow: true);
        Assert.Equal([6u], answers.Waiting.Select(name => name.SequenceLow));
    }

    [Fact]
    public void Only_the_last_of_what_was_told_is_remembered()
    {
        var answers = new Answers();
        Told(answers, 1, 1_000);
        answers.Add(Name(1_000), Held, isNarrow: true);
        Assert.Equal(Enumerable.Range(969, 32).Select(n => (uint)n), answers.Waiting.Select(name => name.SequenceLow).Order());
        answers.Clear();
        answers.Add(Name(1), Held, isNarrow: true);
        Assert.Single(answers.Waiting);
    }

    [Fact]
    public void A_neighbour_that_does_not_wait_for_answers_makes_no_list_without_an_end()
    {
        var answers = new Answers();
        for (uint i = 0; i < 10_000; i++)
        {
            answers.Add(Name(i), Held, isNarrow: true);
            answers.Add(Name(i), Held, isNarrow: true);
            answers.AddParts((ushort)i, Held);
        }

        Assert.InRange(answers.Waiting.Count, 1, 64);
        Assert.InRange(answers.Parts.Count, 1, 64);
        Assert.Equal(answers.Waiting.Count, answers.Waiting.Distinct().Count());
    }

    [Fact]
    public void On_ip_they_are_due_with_the_batch_and_nothing_is_remembered()
    {
        var answers = new Answers();
        answers.Add(Name(1), Now, isNarrow: false);
        answers.Add(Name(2), Now, isNarrow: false);
        Assert.Equal(Now, answers.DueAt);
        answers.Clear();
        answers.Add(Name(1), Now, isNarrow: false);
        Assert.Equal([Name(1)], answers.Waiting);
    }

    [Fact]
    public void A_receipt_takes_the_place_of_the_acknowledgements_it_covers()
    {
        var answers = new Answers();
        for (uint i = 1; i <= 5; i++) answers.Add(Name(i), Held, isNarrow: true);
        answers.Drop(name => name.SequenceLow <= 3);
        Assert.Equal([4u, 5u], answers.Waiting.Select(name => name.SequenceLow));
        Assert.Equal(Held, answers.DueAt);
    }

    private static void Told(Answers answers, uint first, uint last)
    {
        for (var i = first; i <= last; i++)
        {
            answers.Add(Name(i), Held, isNarrow: true);
            answers.Clear();
        }
    }

    private static HopAcknowledgement Name(uint sequence) => new(11, Series.Records, sequence);
}
