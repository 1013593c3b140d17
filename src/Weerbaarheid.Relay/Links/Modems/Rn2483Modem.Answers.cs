namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>What the modem says, and what follows from it.</summary>
internal sealed partial class Rn2483Modem
{
    private void Take(string line, TimeSpan now, ModemOutputs outputs)
    {
        if (line.StartsWith(Rn2483Line.Banner, StringComparison.Ordinal)) TakeBanner(line, now, outputs);
        else if (line.StartsWith(Rn2483Line.OtherBanner, StringComparison.Ordinal)) Fail($"the modem on {options.Port} is an RN2903, whose radio is for 915 MHz: use an RN2483", outputs);
        else if (Rn2483Line.IsPacket(line)) TakePacket(line, now, outputs);
        else if (line == "radio_tx_ok") TakeSent(now, outputs);
        else if (line == "radio_err") TakeRadioError(now, outputs);
        else if (line == "ok") TakeOk(now, outputs);
        else if (line is "busy" or "invalid_param") TakeRefusal(line, now, outputs);
        else if (Rn2483Line.IsNumber(line)) TakeNumber(line, now, outputs);
        else NoteStrange(line, outputs);
    }

    private void TakeBanner(string line, TimeSpan now, ModemOutputs outputs)
    {
        Facts = Facts with { Firmware = line.Split(' ')[1] };
        if (_phase != Phase.Setting) SetAnew("it started anew", sent: false, 1, now, outputs);
        else if (_step == 0) Set(1, now, outputs);
        else if (_restarts.Allow(now)) Set(1, now, outputs);
        else Fail(_trouble.TooOften("it starts anew"), outputs);
    }

    private void TakePacket(string line, TimeSpan now, ModemOutputs outputs)
    {
        if (Rn2483Line.Bytes(line) is { } frame)
        {
            (_heard, _damaged, _strange) = (now, 0, false);
            if (_ready) outputs.Add(new ModemOutput.Heard(frame));
        }
        else
        {
            NoteStrange(line, outputs);
        }

        ListenAgain(TimeSpan.Zero, now, outputs);
    }

    private void TakeRadioError(TimeSpan now, ModemOutputs outputs)
    {
        if (_phase == Phase.OnAir)
        {
            GiveUp("radio_err", now, outputs);
            return;
        }

        if (++_damaged == MostDamaged) outputs.Add(new ModemOutput.Noted("The RN2483 receives damaged packets only: another network may be near, or another setting differs from the neighbours'."));
        ListenAgain(_damaged < MostDamaged ? TimeSpan.Zero : LongPause, now, outputs);
    }

    private void TakeOk(TimeSpan now, ModemOutputs outputs)
    {
        if (!_dialogue.IsAsking) return;
        if (_phase == Phase.Setting && _step > 1) Step(now, outputs);
        else if (_phase == Phase.Arming) TakeListening(now, outputs);
        else if (_phase == Phase.Stopping) GoOn(now, outputs);
        else if (_phase == Phase.Sending) _phase = Phase.OnAir;
    }

    private void TakeListening(TimeSpan now, ModemOutputs outputs)
    {
        _phase = Phase.Listening;
        _dialogue.Rest(now + CheckEvery);
        if (!_ready) outputs.Add(new ModemOutput.Ready());
        (_ready, _worked) = (true, true);
        if (_frame is not null) Tell(Phase.Stopping, Rn2483Line.StopListening, Patience, now, outputs);
    }

    private void TakeNumber(string number, TimeSpan now, ModemOutputs outputs)
    {
        if (!_dialogue.IsAsking) return;
        // A pause of 0 ms is a refusal.
        if (_phase == Phase.Setting && _step == 1 && number != "0") Step(now, outputs);
        else if (_phase == Phase.Setting && _step == 1) TakeRefusal("0", now, outputs);
        else if (_phase == Phase.Checking) TakeListening(now, outputs);
    }

    private void TakeSent(TimeSpan now, ModemOutputs outputs)
    {
        // A modem that does not say ok first has transmitted all the same.
        if (_phase is not (Phase.Sending or Phase.OnAir) || !_dialogue.IsAsking) return;
        _refused = 0;
        Sent(outputs);
        GoOn(now, outputs);
    }

    private void TakeRefusal(string answer, TimeSpan now, ModemOutputs outputs)
    {
        if (!_dialogue.IsAsking || _phase == Phase.OnAir || (_phase == Phase.Setting && _step == 0)) return;
        var most = answer == "busy" ? BusyAttempts : Attempts;
        if (_phase == Phase.Stopping) GoOn(now, outputs);
        else if (_phase == Phase.Checking) TakeListening(now, outputs);
        else if (_dialogue.Attempts < most) _dialogue.Repeat(Pause, now);
        else if (_phase == Phase.Setting) Fail(_trouble.Refuses(_setUp[_step], answer), outputs);
        else if (_phase == Phase.Sending) GiveUp(answer, now, outputs);
        else SetAnew($"it answers {answer}", sent: false, 0, now, outputs);
    }

    /// <summary>Once, until a packet comes.</summary>
    private void NoteStrange(string line, ModemOutputs outputs)
    {
        if (!_strange) outputs.Add(_trouble.Strange(line));
        _strange = true;
    }
}
